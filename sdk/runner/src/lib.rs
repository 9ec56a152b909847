//! Runs a skill that is written as JavaScript text: one component, shared by all of them.
//!
//! It is begun once, when it is built, and every run starts from a copy of that beginning: a JavaScript world in which our own scripts
//! are parsed and nobody else's has run. So a script can spoil nothing but its own run. It reaches `host` and
//! nothing else: no clock, no file, no network. What it may ask there is the host's to judge, call by call; nothing here guards a
//! grant, and nothing here bounds time or memory, because the box around this component does both.

mod check;
mod clock;
mod script;

wit_bindgen::generate!({
    inline: "
        package xiaoer:runner;
        world runner {
            include xiaoer:skill/script-runner@1.0.0;
            /// Called once, when the component is built: see `snapshot`.
            export begin: func();
        }
    ",
    path: "../wit",
    world: "xiaoer:runner/runner",
    generate_all,
});

struct Runner;

impl Guest for Runner {
    fn begin() {
        script::begin();
    }

    fn run(source: String, pin: String, input: String) -> Result<String, String> {
        script::run(source, pin, input)
    }

    fn check(source: String) -> Result<(), String> {
        check::check(source)
    }
}

export!(Runner);
