//! Reads whatever a person may have meant as a time, and remembers whether it was written as ISO 8601 writes it. One
//! reader for both is what makes `2025-13-40`, `2025-01-XX` and `January 3, 2026` three different answers.

use crate::time::Timestamp;
use crate::time::parts::{Clock, Day, MONTHS, Part, Zone, exists};

/// English weekday names; the first three letters are enough.
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The highest offset in use, in minutes.
const HIGHEST_OFFSET: i32 = 14 * 60;

/// What was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) date: Option<Day>,
    pub(super) time: Option<Clock>,
    pub(super) zone: Zone,
    /// It is written as ISO 8601 asks for.
    pub(super) iso: bool,
    /// A part is missing or has no number.
    pub(super) incomplete: bool,
}

impl Reading {
    /// Reads all of `text`; `None` if it is neither a date nor a time of day.
    pub(super) fn of(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text, iso: true, incomplete: false };
        let date = reader.attempt(Reader::date);
        let mut time = None;
        let mut zone = Zone::Absent;
        if date.is_none() {
            time = Some(reader.attempt(Reader::clock)?);
            zone = reader.zone();
        } else if !reader.rest.is_empty() && reader.between() {
            time = reader.attempt(Reader::clock);
            if time.is_none() {
                reader.number(2, "H")?;
                reader.incomplete = true;
            }
            zone = reader.zone();
        }
        if !reader.rest.is_empty() {
            return None;
        }
        Some(Self { date, time, zone, iso: reader.iso, incomplete: reader.incomplete })
    }

    /// The times it can mean: one, or two where day and month may be exchanged. Parts without a number count as 1.
    ///
    /// # Errors
    /// What it names that does not exist.
    pub(super) fn stamps(&self) -> Result<Vec<Timestamp>, String> {
        let dates = match self.date {
            None => vec![None],
            Some(day) => day.dates()?.into_iter().map(Some).collect(),
        };
        let time = self.time.map(Clock::time).transpose()?;
        let offset = match self.zone {
            Zone::Offset(minutes) if minutes.abs() > HIGHEST_OFFSET => {
                let sign = if minutes < 0 { '-' } else { '+' };
                return Err(format!("offset {sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60));
            }
            Zone::Offset(minutes) => Some(minutes),
            Zone::Absent | Zone::Unknown => None,
        };
        Ok(dates.into_iter().map(|date| Timestamp { date, time, offset }).collect())
    }
}

/// What is still to be read, and what was noticed on the way.
struct Reader<'a> {
    rest: &'a str,
    iso: bool,
    incomplete: bool,
}

impl<'a> Reader<'a> {
    /// Reads with `read`, or reads nothing.
    fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let (rest, iso, incomplete) = (self.rest, self.iso, self.incomplete);
        let found = read(self);
        if found.is_none() {
            (self.rest, self.iso, self.incomplete) = (rest, iso, incomplete);
        }
        found
    }

    fn eat(&mut self, char: char) -> bool {
        self.rest.strip_prefix(char).map(|rest| self.rest = rest).is_some()
    }

    fn eat_any(&mut self, chars: &[char]) -> Option<char> {
        let char = self.rest.chars().next().filter(|char| chars.contains(char))?;
        self.eat(char);
        Some(char)
    }

    /// Reads blanks; whether there were any.
    fn blanks(&mut self) -> bool {
        let before = self.rest.len();
        self.rest = self.rest.trim_start();
        self.rest.len() < before
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|char| !wanted(char)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// Reads up to `width` digits, or letters that stand for them: `?`, `X` and those of `letters`.
    fn number(&mut self, width: usize, letters: &str) -> Option<(Part, usize)> {
        let stands_in = |char: char| char == '?' || char.eq_ignore_ascii_case(&'x') || letters.contains(char);
        let mut probe = Reader { rest: self.rest, iso: true, incomplete: false };
        let taken = probe.take_while(|char| char.is_ascii_digit() || stands_in(char));
        if taken.is_empty() || taken.len() > width {
            return None;
        }
        self.rest = probe.rest;
        if taken.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some((taken.parse().ok(), taken.len()));
        }
        self.incomplete = true;
        Some((None, taken.len()))
    }

    fn word(&mut self) -> &'a str {
        self.take_while(char::is_alphabetic)
    }

    /// One of `names`, whole or its first three letters; its place in the list.
    fn name(&mut self, names: &[&str]) -> Option<usize> {
        let word = self.word();
        names.iter().position(|name| {
            let short = word.len() == 3 && name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(word));
            short || name.eq_ignore_ascii_case(word) || (word.eq_ignore_ascii_case("sept") && *name == "September")
        })
    }

    fn date(&mut self) -> Option<Day> {
        self.attempt(|reader| {
            reader.name(&WEEKDAYS)?;
            reader.eat_any(&[',', '.']);
            reader.iso = false;
            reader.blanks().then_some(())
        });
        self.attempt(Self::numeric_date)
            .or_else(|| self.attempt(Self::month_first))
            .or_else(|| self.attempt(Self::day_first))
    }

    /// `2025-11-01`, `2025/11/01`, `20251101`, `2025-11`, `11/01/2025`, `01.11.2025`.
    fn numeric_date(&mut self) -> Option<Day> {
        if let Some(day) = self.attempt(Self::basic_date) {
            return Some(day);
        }
        let (first, width) = self.number(4, "Yy")?;
        let separator = self.eat_any(&['-', '/', '.'])?;
        if width == 4 {
            let (month, month_width) = self.number(2, "Mm")?;
            if !self.eat(separator) {
                // A year and a month; with a dot it is an ordinary number.
                self.incomplete = true;
                return (separator == '-').then_some(Day::Clear { year: first, month, day: None });
            }
            let (day, day_width) = self.number(2, "Dd")?;
            self.iso &= separator == '-' && month_width == 2 && day_width == 2;
            return Some(Day::Clear { year: first, month, day });
        }
        let (second, width) = self.number(2, "")?;
        if width > 2 || !self.eat(separator) {
            return None;
        }
        let (year, width) = self.number(4, "")?;
        let (Some(first), Some(second), Some(year), 4) = (first, second, year, width) else { return None };
        if first > 99 {
            return None;
        }
        self.iso = false;
        Some(if separator == '.' {
            // Only day-first countries write dates with dots.
            Day::Clear { year: Some(year), month: Some(second), day: Some(first) }
        } else {
            Day::Slashed { first, second, year }
        })
    }

    /// `20251101`; only what is a day of these centuries, because any eight digits could stand here.
    fn basic_date(&mut self) -> Option<Day> {
        let digits = self.take_while(|char| char.is_ascii_digit());
        if digits.len() != 8 {
            return None;
        }
        let part = |range: std::ops::Range<usize>| digits[range].parse::<u32>().ok();
        let (year, month, day) = (part(0..4)?, part(4..6)?, part(6..8)?);
        if !(1900..2200).contains(&year) || exists(year, month, day).is_err() {
            return None;
        }
        self.iso = false;
        Some(Day::Clear { year: Some(year), month: Some(month), day: Some(day) })
    }

    /// `January 3rd, 2026`.
    fn month_first(&mut self) -> Option<Day> {
        let month = self.month()?;
        self.eat('.');
        self.blanks();
        let (day, _) = self.number(2, "")?;
        self.ordinal();
        self.eat(',');
        self.blanks().then_some(())?;
        self.written(month, day)
    }

    /// `3rd of January, 2026`.
    fn day_first(&mut self) -> Option<Day> {
        let (day, _) = self.number(2, "")?;
        self.ordinal();
        self.eat('.');
        self.blanks();
        self.attempt(|reader| (reader.word() == "of" && reader.blanks()).then_some(()));
        let month = self.month()?;
        self.eat_any(&[',', '.']);
        self.blanks().then_some(())?;
        self.written(month, day)
    }

    fn month(&mut self) -> Option<u32> {
        u32::try_from(self.name(&MONTHS)? + 1).ok()
    }

    fn written(&mut self, month: u32, day: Part) -> Option<Day> {
        let (year, width) = self.number(4, "Yy")?;
        self.iso = false;
        (width == 4).then_some(Day::Clear { year, month: Some(month), day })
    }

    fn ordinal(&mut self) {
        self.attempt(|reader| ["st", "nd", "rd", "th"].contains(&reader.word()).then_some(()));
    }

    /// What stands between a date and a time of day; whether something does.
    fn between(&mut self) -> bool {
        if self.eat_any(&['T', 't']).is_some() {
            return true;
        }
        let comma = self.eat(',');
        let blanks = self.rest.len() - self.rest.trim_start().len();
        self.blanks();
        let at = self.attempt(|reader| (reader.word() == "at" && reader.blanks()).then_some(())).is_some();
        self.iso &= !comma && !at && blanks == 1;
        blanks > 0
    }

    /// `10:00`, `10:00:00.123`, `3:07 PM`, `3 pm`, and `1000` or `100000` after a date without separators.
    fn clock(&mut self) -> Option<Clock> {
        if let Some(clock) = self.attempt(Self::basic_clock) {
            return Some(clock);
        }
        let (hour, hour_width) = self.number(2, "Hh")?;
        if !self.eat(':') {
            let afternoon = Some(self.half_of_day()?);
            return Some(Clock { hour, minute: Some(0), second: None, afternoon });
        }
        let (minute, minute_width) = self.number(2, "Mm")?;
        self.incomplete |= minute_width < 2;
        let mut second = None;
        if self.eat(':') {
            let (number, width) = self.number(2, "Ss")?;
            self.incomplete |= width < 2;
            second = Some(number);
            self.attempt(|reader| {
                reader.eat_any(&['.', ','])?;
                (!reader.take_while(|char| char.is_ascii_digit()).is_empty()).then_some(())
            });
        }
        let afternoon = self.attempt(Self::half_of_day);
        self.iso &= hour_width == 2;
        Some(Clock { hour, minute, second, afternoon })
    }

    /// Six digits, or four: only after a date that has no separators either.
    fn basic_clock(&mut self) -> Option<Clock> {
        let digits = self.take_while(|char| char.is_ascii_digit());
        if self.iso || !(digits.len() == 4 || digits.len() == 6) {
            return None;
        }
        let part = |range: std::ops::Range<usize>| digits.get(range).map(|digits| digits.parse::<u32>().ok());
        Some(Clock { hour: part(0..2)?, minute: part(2..4)?, second: part(4..6), afternoon: None })
    }

    /// `AM` or `PM`, also `a.m.`; `Some(true)` for PM.
    fn half_of_day(&mut self) -> Option<bool> {
        self.blanks();
        let letter = self.eat_any(&['a', 'A', 'p', 'P'])?;
        let dotted = self.eat('.');
        self.eat_any(&['m', 'M'])?;
        if dotted {
            self.eat('.');
        }
        if self.rest.starts_with(char::is_alphanumeric) {
            return None;
        }
        self.iso = false;
        Some(letter.eq_ignore_ascii_case(&'p'))
    }

    /// `Z`, `+01:00`, `-0800`, `+02`, `UTC`, `ET`. Reads nothing if no zone follows.
    fn zone(&mut self) -> Zone {
        let read = self.attempt(|reader| {
            let apart = reader.blanks();
            if let Some(sign) = reader.eat_any(&['+', '-']) {
                let minutes = reader.offset()?;
                reader.iso &= !apart;
                return Some(Zone::Offset(if sign == '-' { -minutes } else { minutes }));
            }
            let bracket = reader.eat('(');
            let word = reader.word();
            if bracket && !reader.eat(')') {
                return None;
            }
            match word {
                "Z" | "z" => {
                    reader.iso &= !apart && !bracket;
                    Some(Zone::Offset(0))
                }
                "UTC" | "GMT" => {
                    reader.iso = false;
                    Some(Zone::Offset(0))
                }
                _ if apart && (2..=5).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                    Some(Zone::Unknown)
                }
                _ => None,
            }
        });
        read.unwrap_or(Zone::Absent)
    }

    /// `01:00`, `0100` or `01`, in minutes.
    fn offset(&mut self) -> Option<i32> {
        let hours = self.take_while(|char| char.is_ascii_digit());
        let minutes = match hours.len() {
            2 if self.eat(':') => self.take_while(|char| char.is_ascii_digit()),
            2 => "00",
            4 => &hours[2..],
            _ => return None,
        };
        if minutes.len() != 2 {
            return None;
        }
        Some(hours[..2].parse::<i32>().ok()? * 60 + minutes.parse::<i32>().ok()?)
    }
}
