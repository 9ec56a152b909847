//! Runs a skill that is written as JavaScript text: one component, shared by all of them.
//!
//! Each call makes a fresh JavaScript world and throws it away, so a script can spoil nothing but its own run. It reaches `host` and
//! nothing else: no clock, no file, no network. What it may ask there is the host's to judge, call by call; nothing here guards a
//! grant, and nothing here bounds time or memory, because the box around this component does both.

mod clock;
mod script;

wit_bindgen::generate!({ world: "script-runner", path: "../wit" });

struct Runner;

impl Guest for Runner {
    fn run(source: String, pin: String, input: String) -> Result<String, String> {
        script::run(source, pin, input)
    }
}

export!(Runner);
