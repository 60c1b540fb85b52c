//! Times as documents state them: ISO 8601 extended, with or without a time of day, with or without an offset.
//!
//! The grammar is our own and strict, because the date libraries accept too much (`2026` is a time to jiff); jiff only
//! says whether a day exists. What is not ISO 8601 is told apart in [`Problem`]: impossible, incomplete, readable in one
//! way, readable in several. There is no clock here.

use std::cmp::Ordering;
use std::fmt;

use serde::Serialize;

mod parts;
mod reading;

use crate::time::parts::Zone;
use crate::time::reading::Reading;

/// Which parts of a time are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// A date; a time of day may follow it.
    Date,
    /// A time of day; a date may precede it.
    Time,
    /// A date and a time of day.
    DateTime,
    /// A date, or a date and a time of day.
    Timestamp,
}

/// What a field or a hole asks of its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Demand {
    /// The parts.
    pub form: Form,
    /// Whether a time of day needs an offset.
    pub zone: bool,
}

impl Demand {
    /// What a `format` of a field's schema asks for; `None` for formats that are no times.
    #[must_use]
    pub fn of_format(format: &str) -> Option<Self> {
        let (form, zone) = match format {
            "date" => (Form::Date, false),
            "time" => (Form::Time, false),
            "date-time" => (Form::DateTime, true),
            "local-date-time" => (Form::DateTime, false),
            "timestamp" => (Form::Timestamp, false),
            "instant" => (Form::Timestamp, true),
            _ => return None,
        };
        Some(Self { form, zone })
    }
}

/// A date, a time of day, or both, as precise as it was written. Fractions of a second are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Timestamp {
    /// Year, month and day.
    pub date: Option<(i16, u8, u8)>,
    /// Hour, minute and, if written, second.
    pub time: Option<(u8, u8, Option<u8>)>,
    /// What the clock is ahead of UTC, in minutes.
    pub offset: Option<i32>,
}

impl Timestamp {
    /// The moment that lies `unix` seconds after 1970, in UTC.
    #[must_use]
    pub fn of_seconds(unix: i64) -> Self {
        let moment = jiff::Timestamp::from_second(unix).unwrap_or(if unix < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        });
        let civil = jiff::tz::Offset::UTC.to_datetime(moment);
        let small = |value: i8| u8::try_from(value).expect("months, days, hours, minutes and seconds are not negative");
        Self {
            date: Some((civil.year(), small(civil.month()), small(civil.day()))),
            time: Some((small(civil.hour()), small(civil.minute()), Some(small(civil.second())))),
            offset: Some(0),
        }
    }

    /// The same time of day on `date`: what an entry under a heading with a date means.
    #[must_use]
    pub fn with_date(self, date: (i16, u8, u8)) -> Self {
        Self { date: Some(date), ..self }
    }

    /// Which of the two is earlier, as far as both say it: days only if one has no time of day, minutes only if one has
    /// no seconds, moments if both have an offset, and the local clock otherwise. `None` if they have no part in common,
    /// or only one of them has a date.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        if self.date.is_some() != other.date.is_some() {
            return None;
        }
        match (self.time, other.time) {
            (Some(_), Some(_)) => {
                let (mine, theirs) = self.seconds_with(other)?;
                Some(mine.cmp(&theirs))
            }
            _ => self.date.zip(other.date).map(|(mine, theirs)| mine.cmp(&theirs)),
        }
    }

    /// The whole minutes from `earlier` to this time, negative if it is later. `None` unless both have a time of day, and
    /// both or neither a date.
    #[must_use]
    pub fn minutes_since(&self, earlier: &Self) -> Option<i64> {
        if self.date.is_some() != earlier.date.is_some() {
            return None;
        }
        let (mine, theirs) = self.seconds_with(earlier)?;
        Some((mine - theirs) / 60)
    }

    /// Both times in seconds on one scale.
    fn seconds_with(&self, other: &Self) -> Option<(i64, i64)> {
        let precise = self.time?.2.is_some() && other.time?.2.is_some();
        let zoned = self.offset.is_some() && other.offset.is_some();
        let seconds = |stamp: &Self| {
            let (hour, minute, second) = stamp.time?;
            let days = stamp.date.map_or(0, days_since_epoch);
            let offset = if zoned { i64::from(stamp.offset?) } else { 0 };
            let minutes = days * 1440 + i64::from(hour) * 60 + i64::from(minute) - offset;
            Some(minutes * 60 + if precise { i64::from(second?) } else { 0 })
        };
        Some((seconds(self)?, seconds(other)?))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((year, month, day)) = self.date {
            write!(out, "{year:04}-{month:02}-{day:02}")?;
            if self.time.is_some() {
                out.write_str("T")?;
            }
        }
        if let Some((hour, minute, second)) = self.time {
            write!(out, "{hour:02}:{minute:02}")?;
            if let Some(second) = second {
                write!(out, ":{second:02}")?;
            }
        }
        match self.offset {
            Some(0) => out.write_str("Z"),
            Some(minutes) => {
                let sign = if minutes < 0 { '-' } else { '+' };
                write!(out, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
            None => Ok(()),
        }
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
fn days_since_epoch((year, month, day): (i16, u8, u8)) -> i64 {
    // Years begin in March here, so that the leap day is the last of its year.
    let (month, day) = (i64::from(month), i64::from(day));
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Why a text is not the time that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It names what does not exist.
    Impossible {
        /// What there is not, to be read after "there is no": `month 13`, `day 40`, `hour 25`, `29 February 2025`.
        what: String,
    },
    /// A part is missing or not filled in: `2025-01-XX`, `2025-01`, `10:`.
    Incomplete,
    /// A person reads it in one way, but it is not ISO 8601: `January 3, 2026`.
    Readable {
        /// The same in ISO 8601.
        iso: String,
    },
    /// It can be read in several ways (`1/2/2026`), or names a zone whose offset is not known.
    Ambiguous {
        /// The ways in ISO 8601.
        readings: Vec<String>,
    },
    /// An offset is asked for; everything else is right, or only the time of day is missing with it.
    MissingTimezone(Timestamp),
    /// A time of day is asked for; there is only a date.
    MissingTime(Timestamp),
    /// Nothing of the form that is asked for.
    NotATime,
}

impl Problem {
    /// The time that is meant nevertheless, where only one can be.
    #[must_use]
    pub fn meant(&self) -> Option<Timestamp> {
        match self {
            Problem::MissingTimezone(stamp) | Problem::MissingTime(stamp) => Some(*stamp),
            Problem::Readable { iso } => {
                [Form::Timestamp, Form::Time].into_iter().find_map(|form| parse(iso, Demand { form, zone: false }).ok())
            }
            _ => None,
        }
    }
}

/// The local minute that an ID such as `20260914-0915` or `20260914-0915-name` begins with.
#[must_use]
pub fn compact(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let digits =
        |range: std::ops::Range<usize>| bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    let fits =
        digits(0..8) && bytes.get(8) == Some(&b'-') && digits(9..13) && bytes.get(13).is_none_or(|next| *next == b'-');
    if !fits {
        return None;
    }
    let written = format!("{}-{}-{}T{}:{}", &text[..4], &text[4..6], &text[6..8], &text[9..11], &text[11..13]);
    parse(&written, Demand { form: Form::Timestamp, zone: false }).ok()
}

/// Reads `text` as the time that `demand` asks for. Blanks around it do not matter; quotes and back-ticks do.
///
/// # Errors
/// What is wrong with it. What is impossible comes before what is incomplete, then what is not ISO 8601, then what is
/// missing.
pub fn parse(text: &str, demand: Demand) -> Result<Timestamp, Problem> {
    let text = text.trim();
    let reading = Reading::of(text).ok_or(Problem::NotATime)?;
    let fits = match demand.form {
        Form::Time => reading.time.is_some(),
        _ => reading.date.is_some(),
    };
    if !fits {
        return Err(Problem::NotATime);
    }
    let stamps = reading.stamps().map_err(|what| Problem::Impossible { what })?;
    if reading.incomplete {
        return Err(Problem::Incomplete);
    }
    let stamp = match stamps.as_slice() {
        [stamp] => *stamp,
        _ => return Err(Problem::Ambiguous { readings: stamps.iter().map(Timestamp::to_string).collect() }),
    };
    if reading.zone == Zone::Unknown {
        return Err(if demand.zone {
            Problem::MissingTimezone(stamp)
        } else {
            Problem::Ambiguous { readings: vec![stamp.to_string()] }
        });
    }
    if !reading.iso {
        return Err(Problem::Readable { iso: stamp.to_string() });
    }
    let zone_missing = demand.zone && stamp.offset.is_none();
    if demand.form == Form::DateTime && stamp.time.is_none() {
        return Err(if zone_missing { Problem::MissingTimezone(stamp) } else { Problem::MissingTime(stamp) });
    }
    if zone_missing && stamp.time.is_some() {
        return Err(Problem::MissingTimezone(stamp));
    }
    Ok(stamp)
}

/// Whether a text is meant as a date or a time of day, right or wrong. A bare year is not.
#[must_use]
pub fn looks_like_time(text: &str) -> bool {
    Reading::of(text.trim()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANY: Demand = Demand { form: Form::Timestamp, zone: false };
    const TIME: Demand = Demand { form: Form::Time, zone: false };

    fn demand(format: &str) -> Demand {
        Demand::of_format(format).unwrap()
    }

    fn readable(iso: &str) -> Problem {
        Problem::Readable { iso: iso.to_owned() }
    }

    fn impossible(what: &str) -> Problem {
        Problem::Impossible { what: what.to_owned() }
    }

    #[test]
    fn iso_times_are_read() {
        for (text, written) in [
            ("2025-11-01", "2025-11-01"),
            (" 2025-11-01T10:00 ", "2025-11-01T10:00"),
            ("2025-11-01 10:00", "2025-11-01T10:00"),
            ("2025-11-01t10:00:05z", "2025-11-01T10:00:05Z"),
            ("2025-11-01T10:00:00.123Z", "2025-11-01T10:00:00Z"),
            ("2025-11-01T10:00:00,5-08:00", "2025-11-01T10:00:00-08:00"),
            ("2025-11-01T10:00:00-0800", "2025-11-01T10:00:00-08:00"),
            ("2025-11-01T10:00+02", "2025-11-01T10:00+02:00"),
            ("2024-02-29", "2024-02-29"),
        ] {
            assert_eq!(parse(text, ANY).map(|stamp| stamp.to_string()), Ok(written.to_owned()), "{text}");
        }
        for (text, written) in [("14:30", "14:30"), ("09:05:07", "09:05:07"), ("09:05Z", "09:05Z")] {
            assert_eq!(parse(text, TIME).map(|stamp| stamp.to_string()), Ok(written.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_does_not_exist_is_named() {
        for (text, what) in [
            ("2025-13-40", "month 13"),
            ("2025-00-10", "month 0"),
            ("2025-10-40", "day 40"),
            ("2025-02-29", "29 February 2025"),
            ("2025-04-31T10:00", "31 April 2025"),
            ("2025-11-01T25:00", "hour 25"),
            ("2025-11-01T24:00", "hour 24"),
            ("2025-11-01T10:70", "minute 70"),
            ("2025-11-01T10:00:60Z", "second 60"),
            ("2025-11-01T10:00+25:00", "offset +25:00"),
            ("February 30, 2026", "30 February 2026"),
            ("13/17/2026", "month 13"),
            ("2026/14/01", "month 14"),
        ] {
            assert_eq!(parse(text, ANY), Err(impossible(what)), "{text}");
        }
        assert_eq!(parse("25:70", TIME), Err(impossible("hour 25")));
        assert_eq!(parse("15:00 AM", TIME), Err(impossible("hour 15 AM")));
    }

    #[test]
    fn what_is_not_filled_in_is_incomplete() {
        for text in
            ["2025-01-XX", "2025-??-01", "2025-11", "YYYY-MM-DD", "20XX-01-01", "2025-11-01T10", "2025-11-01 HH:MM"]
        {
            assert_eq!(parse(text, ANY), Err(Problem::Incomplete), "{text}");
        }
        assert_eq!(parse("HH:MM", TIME), Err(Problem::Incomplete));
        assert_eq!(parse("10:5", TIME), Err(Problem::Incomplete));
        assert_eq!(parse("2025-13-XX", ANY), Err(impossible("month 13")));
    }

    #[test]
    fn other_spellings_are_readable() {
        for (text, iso) in [
            ("January 3, 2026", "2026-01-03"),
            ("Jan 3 2026", "2026-01-03"),
            ("jan. 3rd, 2026", "2026-01-03"),
            ("3 January 2026", "2026-01-03"),
            ("3rd of Jan 2026", "2026-01-03"),
            ("Saturday, January 3rd, 2026", "2026-01-03"),
            ("Sat 3 Jan 2026", "2026-01-03"),
            ("2026/01/03", "2026-01-03"),
            ("2026.1.3", "2026-01-03"),
            ("2026-1-3", "2026-01-03"),
            ("20260103", "2026-01-03"),
            ("20260103T101500Z", "2026-01-03T10:15:00Z"),
            ("1/17/2026", "2026-01-17"),
            ("17/1/2026", "2026-01-17"),
            ("5/5/2026", "2026-05-05"),
            ("17.1.2026", "2026-01-17"),
            ("January 3, 2026 at 3:07 PM", "2026-01-03T15:07"),
            ("2026-01-03 3:07 pm", "2026-01-03T15:07"),
            ("2026-01-03 10:00:00 -0800", "2026-01-03T10:00:00-08:00"),
            ("2026-01-03 10:00 UTC", "2026-01-03T10:00Z"),
        ] {
            assert_eq!(parse(text, ANY), Err(readable(iso)), "{text}");
            assert_eq!(readable(iso).meant().map(|stamp| stamp.to_string()), Some(iso.to_owned()));
        }
        for (text, iso) in [("3:07 PM", "15:07"), ("12:00 am", "00:00"), ("9:30", "09:30"), ("3 pm", "15:00")] {
            assert_eq!(parse(text, TIME), Err(readable(iso)), "{text}");
        }
    }

    #[test]
    fn what_has_two_readings_is_ambiguous() {
        let readings = vec!["2026-01-02".to_owned(), "2026-02-01".to_owned()];
        assert_eq!(parse("1/2/2026", ANY), Err(Problem::Ambiguous { readings }));
        let readings = vec!["2025-11-13T15:20".to_owned()];
        assert_eq!(parse("2025-11-13 15:20 ET", ANY), Err(Problem::Ambiguous { readings }));
        let demanded = parse("2025-11-13 15:20 ET", demand("date-time"));
        assert!(matches!(demanded, Err(Problem::MissingTimezone(_))), "{demanded:?}");
    }

    #[test]
    fn a_demand_is_met_or_says_what_is_missing() {
        let date = parse("2025-11-01", ANY).unwrap();
        let local = parse("2025-11-01T10:00", ANY).unwrap();
        assert_eq!(parse("2025-11-01", demand("date-time")), Err(Problem::MissingTimezone(date)));
        assert_eq!(parse("2025-11-01T10:00", demand("date-time")), Err(Problem::MissingTimezone(local)));
        assert_eq!(parse("2025-11-01", demand("local-date-time")), Err(Problem::MissingTime(date)));
        assert_eq!(parse("2025-11-01T10:00", demand("local-date-time")), Ok(local));
        assert_eq!(parse("2025-11-01T10:00", demand("date")), Ok(local));
        assert_eq!(parse("2025-11-01", Demand { form: Form::Timestamp, zone: true }), Ok(date));
        assert_eq!(parse("10:00", demand("date")), Err(Problem::NotATime));
        assert_eq!(parse("2025-11-01", demand("time")), Err(Problem::NotATime));
        assert_eq!(Demand::of_format("email"), None);
    }

    #[test]
    fn what_is_no_time_is_left_alone() {
        for text in
            ["", "soon", "2026", "12345678", "1/3", "3.1", "May", "10", "T10:00", "2025-11-01 and more", "1.2.3"]
        {
            assert!(!looks_like_time(text), "{text}");
            assert_eq!(parse(text, ANY), Err(Problem::NotATime), "{text}");
        }
        for text in ["2025-13-40", "25:70", "Jan 3 2026", "YYYY-MM-DD"] {
            assert!(looks_like_time(text), "{text}");
        }
    }

    #[test]
    fn times_are_compared_as_far_as_both_go() {
        let read = |text: &str| parse(text, ANY).or_else(|_| parse(text, TIME)).unwrap();
        let compare = |a: &str, b: &str| read(a).compare(&read(b));
        assert_eq!(compare("2025-11-01", "2025-11-01T10:00"), Some(Ordering::Equal));
        assert_eq!(compare("2025-11-02", "2025-11-01T10:00"), Some(Ordering::Greater));
        assert_eq!(compare("2025-11-01T10:00Z", "2025-11-01T10:00+02:00"), Some(Ordering::Greater));
        assert_eq!(compare("2025-11-01T10:00", "2025-11-01T10:30+02:00"), Some(Ordering::Less));
        assert_eq!(compare("2025-11-01T10:00", "2025-11-01T10:00:30"), Some(Ordering::Equal));
        assert_eq!(compare("10:00", "09:00"), Some(Ordering::Greater));
        assert_eq!(compare("10:00", "2025-11-01"), None);
        let minutes = |a: &str, b: &str| read(a).minutes_since(&read(b));
        assert_eq!(minutes("2025-03-01T00:10", "2025-02-28T23:50"), Some(20));
        assert_eq!(minutes("2025-11-01T10:00Z", "2025-11-01T10:00+02:00"), Some(120));
        assert_eq!(minutes("09:00", "10:30"), Some(-90));
        assert_eq!(minutes("2025-11-01", "2025-11-01T10:00"), None);
        assert_eq!(read("10:00").with_date((2025, 11, 1)), read("2025-11-01T10:00"));
    }

    #[test]
    fn ids_begin_with_a_minute() {
        let minute = compact("20260914-0915-move-house").unwrap();
        assert_eq!(minute, parse("2026-09-14T09:15", ANY).unwrap());
        assert_eq!(compact("20260914-0915"), Some(minute));
        for other in ["20261314-0915", "20260914-0915x", "20260914", "2026-09-14", "20260914-09"] {
            assert_eq!(compact(other), None, "{other}");
        }
    }

    #[test]
    fn seconds_become_utc() {
        assert_eq!(Timestamp::of_seconds(0).to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(Timestamp::of_seconds(1_761_991_200).to_string(), "2025-11-01T10:00:00Z");
        assert_eq!(days_since_epoch((2025, 11, 1)) * 86_400 + 36_000, 1_761_991_200);
        assert_eq!(Timestamp::of_seconds(i64::MAX).date.map(|date| date.0), Some(9999));
    }
}
