//! Line icons, drawn here so that no font and no picture has to be fetched. They decorate; the words beside them say it.

use maud::{Markup, html};

/// What there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    Home,
    Chat,
    Growth,
    Report,
    Approve,
    Shop,
    Arrow,
    Close,
    Clock,
    Copy,
    Down,
    External,
    Info,
    Play,
    Print,
    Refresh,
    Spark,
    Undo,
    Upload,
    Warning,
    Done,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Home => "M4 11 12 4l8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z",
            Self::Chat => {
                "M5 5h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-7l-4.5 4v-4H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM8.5 9.5h7M8.5 12.5h4"
            }
            Self::Growth => "M4 19h16M5 15l4.5-5 4 3.5L20 6M15.5 6H20v4.5",
            Self::Report => "M7 3h7l5 5v12a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM14 3v5h5M9.5 13h6M9.5 17h6",
            Self::Approve => {
                "M9 4h6v3H9zM15 5.5h2a1 1 0 0 1 1 1V20a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1V6.5a1 1 0 0 1 1-1h2M9 14l2.2 2.2L15.2 12"
            }
            Self::Shop => {
                "M4 9.5 5.5 4h13L20 9.5a2.7 2.7 0 0 1-5.3 0 2.7 2.7 0 0 1-5.4 0 2.7 2.7 0 0 1-5.3 0zM5.5 12.5V20h13v-7.5M10 20v-4.5h4V20"
            }
            Self::Arrow => "m9 5 7 7-7 7",
            Self::Close => "M6 6l12 12M18 6 6 18",
            Self::Clock => "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2",
            Self::Copy => "M9 9h10v11H9zM6 15H5V4h10v2",
            Self::Down => "m6 9 6 6 6-6",
            Self::External => "M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5",
            Self::Info => "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5.5M12 7.5v.5",
            Self::Play => "M8 5.5v13l10.5-6.5z",
            Self::Print => {
                "M7 8V4h10v4M7 17H5a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1h14a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-2M7 14h10v6H7z"
            }
            Self::Refresh => "M20 6v4.5h-4.5M4 18v-4.5h4.5M19 10a7.5 7.5 0 0 0-13.4-2M5 14a7.5 7.5 0 0 0 13.4 2",
            Self::Spark => "M12 3.5 14 10l6.5 2-6.5 2-2 6.5-2-6.5L3.5 12 10 10z",
            Self::Undo => "M8 5 4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-4",
            Self::Upload => "M12 16V5M7.5 9 12 4.5 16.5 9M4.5 15v4a1 1 0 0 0 1 1h13a1 1 0 0 0 1-1v-4",
            Self::Warning => "M12 4 21 19.5H3zM12 10v4.5M12 17v.3",
            Self::Done => "m5 12.5 4.5 4.5L19 7.5",
        }
    }

    /// The drawing.
    pub(crate) fn draw(self) -> Markup {
        html! {
            svg.icon viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.8"
                stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" { path d=(self.path()) {} }
        }
    }
}
