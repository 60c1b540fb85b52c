//! The parts of a time as written, and what they come to: does this day exist, can this number be an hour?

/// A number of a date or a time of day; no number where letters stand for it (`XX`, `DD`).
pub(super) type Part = Option<u32>;

/// English month names; the first three letters are enough.
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A date as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Day {
    /// It is clear which number is which.
    Clear { year: Part, month: Part, day: Part },
    /// Day and month in an order that only the numbers can tell.
    Slashed { first: u32, second: u32, year: u32 },
}

/// A time of day as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) hour: Part,
    pub(super) minute: Part,
    pub(super) second: Option<Part>,
    /// `Some(true)` for PM.
    pub(super) afternoon: Option<bool>,
}

/// The zone as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    /// None.
    Absent,
    /// Minutes ahead of UTC.
    Offset(i32),
    /// A name that can stand for several offsets.
    Unknown,
}

impl Day {
    /// The dates it can mean: two where day and month may be exchanged.
    ///
    /// # Errors
    /// What it names that does not exist.
    pub(super) fn dates(self) -> Result<Vec<(i16, u8, u8)>, String> {
        match self {
            // 2024 is a leap year: where the year is not known, 29 February may exist.
            Day::Clear { year, month, day } => {
                Ok(vec![exists(year.unwrap_or(2024), month.unwrap_or(1), day.unwrap_or(1))?])
            }
            Day::Slashed { first, second, year } => {
                if first == second || (second > 12 && first <= 12) {
                    Ok(vec![exists(year, first, second)?])
                } else if first > 12 {
                    let (month, day) = if second > 12 { (first, second) } else { (second, first) };
                    Ok(vec![exists(year, month, day)?])
                } else {
                    let mut dates = vec![exists(year, first, second)?, exists(year, second, first)?];
                    dates.sort_unstable();
                    Ok(dates)
                }
            }
        }
    }
}

/// The date, if there is such a day.
pub(super) fn exists(year: u32, month: u32, day: u32) -> Result<(i16, u8, u8), String> {
    if !(1..=12).contains(&month) {
        return Err(format!("month {month}"));
    }
    if !(1..=31).contains(&day) {
        return Err(format!("day {day}"));
    }
    let number = |value: u32| u8::try_from(value).expect("checked to be at most 31");
    let year = i16::try_from(year).map_err(|_| format!("year {year}"))?;
    let (month, day) = (number(month), number(day));
    match jiff::civil::Date::new(year, month.cast_signed(), day.cast_signed()) {
        Ok(_) => Ok((year, month, day)),
        Err(_) => Err(format!("{day} {} {year}", MONTHS[usize::from(month) - 1])),
    }
}

impl Clock {
    /// Hour, minute and second on the clock of 24 hours.
    ///
    /// # Errors
    /// What it names that does not exist.
    pub(super) fn time(self) -> Result<(u8, u8, Option<u8>), String> {
        let mut hour = self.hour.unwrap_or(0);
        if hour > 23 {
            return Err(format!("hour {hour}"));
        }
        if let Some(afternoon) = self.afternoon {
            if hour == 0 && afternoon || hour > 12 && !afternoon {
                return Err(format!("hour {hour} {}", if afternoon { "PM" } else { "AM" }));
            }
            if hour <= 12 {
                hour = hour % 12 + if afternoon { 12 } else { 0 };
            }
        }
        let minute = self.minute.unwrap_or(0);
        if minute > 59 {
            return Err(format!("minute {minute}"));
        }
        let second = self.second.map(|second| second.unwrap_or(0));
        if let Some(second) = second.filter(|second| *second > 59) {
            return Err(format!("second {second}"));
        }
        let number = |value: u32| u8::try_from(value).expect("checked to be at most 59");
        Ok((number(hour), number(minute), second.map(number)))
    }
}
