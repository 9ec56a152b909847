//! Looks at a component before a byte of it is compiled: whether it is one, whether it holds together, what it wants.
//!
//! Compiling is the expensive part, and a stranger's file must not start it before it is known to fit. Nothing here runs any of it.

use semver::Version;
use wasmparser::{Encoding, Parser, Payload, Validator, WasmFeatures};

use super::limits;
use super::refused::Refused;
use crate::plugin::fault::one_line;

/// The one interface in the box.
pub const INTERFACE: &str = "xiaoer:skill/host";
/// Its versions, the youngest of each major version that is served, N first: from the day there is a second one, N−1 stands here too.
/// A component says which one it was built for in the name of its import, and needs to say it nowhere else.
pub const SERVED: [&str; 1] = ["1.0.0"];
/// How many strange imports an error names.
const NAMED: usize = 20;

/// What a component may be made of: the finished parts of WebAssembly, and none that needs threads, a collector or 64-bit memories.
#[must_use]
pub fn features() -> WasmFeatures {
    let finished = WasmFeatures::WASM2.difference(WasmFeatures::GC_TYPES);
    finished.union(WasmFeatures::COMPONENT_MODEL).union(WasmFeatures::TAIL_CALL).union(WasmFeatures::EXTENDED_CONST)
}

/// Accepts a component that could be compiled and would find all that it wants.
///
/// # Errors
/// [`Refused`], with the names of what it wants in vain.
pub fn inspect(bytes: &[u8]) -> Result<(), Refused> {
    Refused::component(bytes)?;
    let invalid = |error: wasmparser::BinaryReaderError| Refused::invalid(&error);
    // Its imports come first: whoever built for another host wants to hear that, not which instruction is unknown here.
    look(bytes)?;
    Validator::new_with_features(features()).validate_all(bytes).map_err(invalid)?;
    Ok(())
}

fn look(bytes: &[u8]) -> Result<(), Refused> {
    let invalid = |error: wasmparser::BinaryReaderError| Refused::invalid(&error);
    let (mut depth, mut strange) = (0_usize, Vec::new());
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(invalid)? {
            Payload::Version { encoding: Encoding::Module, .. } if depth == 0 => return Err(Refused::NotAComponent),
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CodeSectionEntry(body) => {
                Refused::length("function", body.range().len(), limits::FUNCTION)?;
            }
            Payload::ComponentImportSection(imports) if depth == 0 => {
                for import in imports {
                    let name = import.map_err(invalid)?.name.name;
                    if !known(name)? && strange.len() < NAMED {
                        strange.push(shortened(name));
                    }
                }
            }
            _ => {}
        }
    }
    if strange.is_empty() { Ok(()) } else { Err(Refused::Imports { names: strange, host: INTERFACE }) }
}

/// Whether this is our interface in a version that is served: additions never break, so within a major version every minor one up to ours
/// is. Whoever needs a younger one than there is here waits for nothing that its author could do.
fn known(name: &str) -> Result<bool, Refused> {
    let Some((INTERFACE, wanted)) = name.split_once('@') else { return Ok(false) };
    let served = SERVED.map(|version| Version::parse(version).expect("our own version is one"));
    let version = Version::parse(wanted).ok().filter(|version| version.pre.is_empty());
    let Some(version) = version else { return Err(Refused::Version { wanted: shortened(wanted), served: SERVED[0] }) };
    match served.iter().find(|served| served.major == version.major) {
        Some(served) if version.minor <= served.minor => Ok(true),
        None if version.major < served[0].major => {
            Err(Refused::Version { wanted: version.to_string(), served: SERVED[0] })
        }
        _ => Err(Refused::Younger { wanted: version.to_string(), served: SERVED[0] }),
    }
}

/// A stranger's name in an error: enough to recognise it, and nothing that disguises it.
fn shortened(name: &str) -> String {
    one_line(name).chars().take(80).collect()
}
