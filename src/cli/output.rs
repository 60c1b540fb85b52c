//! The two streams of a process: what is said where, in colour or not, and what happens when nobody listens.

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use crate::cli::{Color, Failure};
use crate::render::{self, Look, OutputFormat, Report};

/// Standard output and standard error, each with its look.
pub(super) struct Streams {
    /// What was asked for.
    pub(super) out: Stream,
    /// What is said beside it.
    pub(super) err: Stream,
}

/// One stream.
pub(super) struct Stream {
    to: Box<dyn Write>,
    /// What it can show.
    pub(super) look: Look,
    /// Nobody reads it any more: a pipe was closed, which is not worth an error (`worklint check | head`).
    closed: bool,
}

impl Streams {
    /// The streams of this process. `NO_COLOR` and its like decide where the command line does not.
    pub(super) fn open(color: Color) -> Self {
        let out = match color {
            Color::Auto => AutoStream::choice(&io::stdout()),
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        let err = match color {
            Color::Auto => AutoStream::choice(&io::stderr()),
            _ => out,
        };
        let look =
            |choice: ColorChoice, terminal: bool| Look { color: choice != ColorChoice::Never, width: width(terminal) };
        Self {
            out: Stream {
                look: look(out, io::stdout().is_terminal()),
                to: Box::new(io::BufWriter::new(AutoStream::new(io::stdout(), out))),
                closed: false,
            },
            err: Stream {
                look: look(err, io::stderr().is_terminal()),
                to: Box::new(AutoStream::new(io::stderr(), err)),
                closed: false,
            },
        }
    }

    /// Sends what is still held back.
    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        self.out.flush()?;
        Ok(())
    }

    /// Says why the command could not do what was asked. When not even that can be said, only the exit code is left.
    pub(super) fn fail(&mut self, failure: &Failure) {
        let _ = self.out.flush();
        let _ = self.err.fail(failure);
        let _ = self.err.flush();
    }
}

impl Stream {
    fn fail(&mut self, failure: &Failure) -> io::Result<()> {
        match failure {
            Failure::Words { message, help } => self.complain(message, help),
            Failure::Problems(problems) => {
                problems.iter().try_for_each(|problem| self.complain(&problem.message, &problem.help))
            }
            Failure::Mistakes(diagnostics, texts) => {
                let sources = texts.iter().map(|(path, text)| (path.as_str().into(), text)).collect();
                let look = self.look;
                render::render(OutputFormat::Full, &Report { diagnostics, sources, summary: None }, self, look)
            }
            Failure::Output(error) => self.complain(
                &format!("the output cannot be written: {error}"),
                "Check that the disk is not full and that the output may be written to",
            ),
        }
    }

    fn complain(&mut self, message: &str, help: &str) -> io::Result<()> {
        let red = self.style(Style::new().bold().fg_color(Some(AnsiColor::Red.into())));
        let cyan = self.style(Style::new().bold().fg_color(Some(AnsiColor::Cyan.into())));
        writeln!(self, "{red}error:{red:#} {}", render::clean(message))?;
        if help.is_empty() { Ok(()) } else { writeln!(self, "  {cyan}help:{cyan:#} {}", render::clean(help)) }
    }

    /// The style, or none where there is no colour.
    pub(super) fn style(&self, style: Style) -> Style {
        if self.look.color { style } else { Style::new() }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.closed {
            return Ok(bytes.len());
        }
        match self.to.write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(bytes.len())
            }
            result => result,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        match self.to.flush() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            result => result,
        }
    }
}

/// The columns of a stream: those of the terminal; everything else has 80.
fn width(terminal: bool) -> usize {
    let told = if terminal { terminal_size::terminal_size() } else { None };
    told.map_or(80, |(columns, _)| usize::from(columns.0).clamp(50, 160))
}
