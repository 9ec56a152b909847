//! The program: one subcommand, one answer.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
