//! What shapes fit, what they catch, and where lines depart from them.

use super::*;

fn shape(source: &str) -> Shape {
    Shape::compile(source).unwrap_or_else(|error| panic!("{source}: {error}"))
}

/// The captures as `name=text`, joined by `; `; `-` if the line does not fit.
fn caught(source: &str, text: &str) -> String {
    let line = Line::of(text, 100);
    match shape(source).fits(&line) {
        None => "-".to_owned(),
        Some(captures) => {
            for capture in &captures {
                let range = capture.span.start - 100..capture.span.end - 100;
                assert_eq!(text[range], capture.text, "the span of {}", capture.name);
            }
            captures.iter().map(|capture| format!("{}={}", capture.name, capture.text)).collect::<Vec<_>>().join("; ")
        }
    }
}

fn departure(source: &str, text: &str) -> (usize, String) {
    let departure = shape(source).departs(&Line::of(text, 0));
    (departure.at, departure.expected)
}

#[test]
fn work_log_entries() {
    let documented = "{when:date} {at:time} - Phase {phase:int}: {name}";
    assert_eq!(
        caught(documented, "2025-11-01 10:30 - Phase 2: Add the switch"),
        "when=2025-11-01; at=10:30; phase=2; name=Add the switch"
    );
    let dashed = "{when:date} {at:time?} {zone:zone?} {:dash} {name}";
    for (text, expected) in [
        ("2025-10-31 - Phase 2 Complete: Audit", "when=2025-10-31; name=Phase 2 Complete: Audit"),
        (
            "2025-11-13 15:20 ET — Phase 0 (Infrastructure): Reviewed",
            "when=2025-11-13; at=15:20; zone=ET; name=Phase 0 (Infrastructure): Reviewed",
        ),
        ("YYYY-MM-DD - [Milestone]", "when=YYYY-MM-DD; name=[Milestone]"),
        ("2025-01-XX - Phase 0 Complete", "when=2025-01-XX; name=Phase 0 Complete"),
        ("2025-13-40 25:70 -- x", "when=2025-13-40; at=25:70; name=x"),
        ("2025-10-28: Captured", "-"),
    ] {
        assert_eq!(caught(dashed, text), expected, "{text}");
    }
    assert_eq!(caught("{when:date}: {name}", "2025-10-28: Captured"), "when=2025-10-28; name=Captured");
    let bold = "**{when:date} - {name}** {mark:mark?}";
    assert_eq!(caught(bold, "**2025-10-31 - Audit** ✅"), "when=2025-10-31; name=Audit; mark=✅");
    assert_eq!(caught(bold, "**2025-10-31 - Audit**"), "when=2025-10-31; name=Audit");
}

#[test]
fn step_headings() {
    let step =
        "{?~~}Step {n:step}{?~~}: {title}{( {mark:mark}| {:dash} {state=Complete|COMPLETE|In Progress|Pending})?}";
    for (text, expected) in [
        ("Step 4b: Wire it up ✅", "n=4b; title=Wire it up; mark=✅"),
        ("Step 0: Read the plan -- Complete", "n=0; title=Read the plan; state=Complete"),
        ("Step 3: Merge -- then split - COMPLETE", "n=3; title=Merge -- then split; state=COMPLETE"),
        ("~~Step 12~~: Levels (4→5)", "n=12; title=Levels (4→5)"),
        ("Step 7: Smoke test ⏭️", "n=7; title=Smoke test; mark=⏭️"),
        ("Step seven: Smoke test", "-"),
    ] {
        assert_eq!(caught(step, text), expected, "{text}");
    }
}

#[test]
fn execution_log_headings() {
    assert_eq!(caught("{at:time} - CHECKPOINT", "14:30 - CHECKPOINT"), "at=14:30");
    assert_eq!(caught("{at:time} - CHECKPOINT", "14:30 - Checkpoint"), "-");
    assert_eq!(
        caught("{at:time} - Phase Complete: {phase}", "16:05 - Phase Complete: Research"),
        "at=16:05; phase=Research"
    );
    assert_eq!(caught("{at:time} - {name}", "9:05 PM - File Read"), "at=9:05 PM; name=File Read");
    assert_eq!(caught("Progress: {p:number}%", "Progress: 40%"), "p=40");
}

#[test]
fn phase_headings() {
    let story = concat!(
        "Phase {n:number}: {(User Story |US|[US)}{groups:ints}{?]} {:dash} {title}",
        "{? {?(}{?Priority: }{priority:id}{?)}} {mark:mark?} {?MVP}"
    );
    assert_eq!(
        caught(story, "Phase 3: User Story 1 - Sign in (Priority: P1) 🎯 MVP"),
        "n=3; groups=1; title=Sign in; priority=P1; mark=🎯"
    );
    assert_eq!(caught(story, "Phase 5.5: [US2] — Sign out"), "n=5.5; groups=2; title=Sign out");
    assert_eq!(caught(story, "Phase 4: User Story 3 & 4 – Both"), "n=4; groups=3 & 4; title=Both");
    let milestone = "Phase {n}: Milestone {group} - {title}{rest?}";
    assert_eq!(
        caught(milestone, "Phase 3: Milestone 1 - First light (Priority: P1) 🎯 MVP"),
        "n=3; group=1; title=First light; rest=(Priority: P1) 🎯 MVP"
    );
    assert_eq!(caught(milestone, "Phase 3: Milestone 1 - First light"), "n=3; group=1; title=First light");
    let milestone = "Phase {n}: Milestone {group} - {title}{? (Priority: {priority})} {:mark?} {?MVP}";
    assert_eq!(
        caught(milestone, "Phase 3: Milestone 1 - First light (Priority: P1) 🎯 MVP"),
        "n=3; group=1; title=First light; priority=P1"
    );
    let shared = "Phase {n}: Foundational{rest?}";
    assert_eq!(caught(shared, "Phase 2: Foundational (Blocking Prerequisites)"), "n=2; rest=(Blocking Prerequisites)");
    assert_eq!(caught(shared, "Phase 2: Foundational"), "n=2");
}

#[test]
fn blanks_escapes_and_symbols() {
    assert_eq!(caught("a {n:int} b", "  a\u{a0} 7   b "), "n=7");
    assert_eq!(caught(r"\{{n:int}\} \\", r"{7} \"), "n=7");
    assert!(shape("⚠️ Warning").fits_str("⚠ Warning"));
    assert!(shape("⚠ Warning").fits_str("⚠️ Warning"));
    assert!(!shape("Warning").fits_str("warning"));
    assert_eq!(caught("{s=done|done for now} x", "done for now x"), "s=done for now");
    assert_eq!(caught("{(alpha|beta {n:int})} end", "alpha end"), "");
    assert_eq!(caught("{(alpha|beta {n:int})} end", "beta 3 end"), "n=3");
    assert_eq!(caught("Task: {name} {r:rest}", "Task: one two"), "name=one; r=two");
    assert_eq!(caught("Task {:any} end", "Task end"), "");
}

#[test]
fn links_are_no_placeholders() {
    let title = shape("Plan: {x:placeholder}");
    assert!(title.fits_str("Plan: [NAME]"));
    assert!(!title.fits_str("Plan: [x]"));
    let hole = shape("{:placeholder}");
    assert_eq!(hole.find("see [a page](x.md), [[page]], [ ] and [What to do]", 0), Some(38..50));
    assert_eq!(hole.find("see [a page](x.md)", 0), None);
    assert_eq!(hole.find("{TASK_ID} and {TASK_ID}", 1), Some(14..23));
    assert_eq!(shape("by {n:int} of").find("ä by 3 of", 0), Some(3..10));
}

#[test]
fn headings_vary() {
    for (source, title) in [
        ("Work Log", "📋 Work log:"),
        ("📋 Work Log", "work log"),
        ("Requirements", "Requirements *(mandatory)*"),
        ("Requirements", "Requirements (include if there is data)"),
        ("Requirements *(mandatory)*", "requirements"),
        ("Work Log", "**Work  Log** ⚠️"),
        ("Milestone {n:int}: {title}", "🎯 MILESTONE 2: First light"),
        ("✅ Step {n:step}{?:}", "step 2"),
    ] {
        assert!(shape(source).fits_loosely(title), "{source} should fit {title}");
    }
    assert!(!shape("Foundational").fits_loosely("Foundational (Blocking)"));
    assert!(!shape("Work Log").fits_loosely("Work Logs"));
    assert_eq!(loosen("✅"), "✅");
}

#[test]
fn the_beginning_of_a_line_is_enough() {
    let line = Line::of(" 2025-11-01 – and so on", 7);
    let (end, captures) = shape("{when:date}").begins(&line).unwrap();
    assert_eq!(end, 11);
    assert_eq!(captures[0].span, Span::new(8, 18));
    assert!(shape("- {when:date}").begins(&line).is_none());
}

#[test]
fn spans_of_folded_lines_are_those_of_the_source() {
    // "**2025-11-01 - Add\n> the switch**" without its marks.
    let line = Line { text: "2025-11-01 - Add the switch".to_owned(), pieces: vec![(0, 2), (16, 18), (17, 21)] };
    let captures = shape("{when:date} - {name}").fits(&line).unwrap();
    assert_eq!(captures[0].span, Span::new(2, 12));
    assert_eq!((captures[1].text.as_str(), captures[1].span), ("Add the switch", Span::new(15, 31)));
}

#[test]
fn departures_say_what_should_stand_where() {
    let entry = "{when:date} {at:time?} - {name}";
    for (source, text, at, expected) in [
        (entry, "2025-11-01 – Name", 11, "a time such as 14:30 or ` - `"),
        (entry, "Yesterday - Name", 0, "a date such as 2025-11-01"),
        (entry, "2025-11-01 10:00 - ", 18, "text"),
        (entry, "2025-11-01 10:00", 16, "` - `"),
        ("Status: {s=success|failed}", "Status: maybe", 8, "one of `success`, `failed`"),
        ("Step {n:step}: {title}", "Step 3 - Title", 7, "`: `"),
        ("Step {n:step}", "Step 3 - Title", 7, "the end of the line"),
        ("{name} → {to}", "just text", 9, "` → `"),
        ("{(alpha|beta {n:int})} end", "gamma end", 0, "`alpha` or `beta `"),
    ] {
        assert_eq!(departure(source, text), (at, expected.to_owned()), "{source} on {text}");
    }
}

#[test]
fn the_nearest_shape_fits_furthest() {
    let shapes = [shape("{name} - {when:date}"), shape("{when:date}: {name}"), shape("{when:date} {at:time} - {name}")];
    let line = Line::of("2025-11-01 10:00 Name", 0);
    let (found, departure) = nearest(shapes.iter(), &line).unwrap();
    assert_eq!(found.source(), "{when:date} {at:time} - {name}");
    assert_eq!((departure.at, departure.matched), (17, 16));
    assert!(nearest([].iter(), &line).is_none());
}

#[test]
fn shapes_are_shown_in_words() {
    for (source, shown) in [
        ("{when:date} - {name}", "DATE - NAME"),
        ("{when:date} {at:time?} - {name}", "DATE [TIME] - NAME"),
        ("Phase {n:int}: {title}{? (Priority: {p:id})}", "Phase N: TITLE [(Priority: ID)]"),
        ("Task: {task-id} - {name}", "Task: TASK ID - NAME"),
        ("[M{group}]", "[M<GROUP>]"),
        ("Status: {s=success|failed}", "Status: success|failed"),
        ("{(alpha|beta {n:int})} end", "(alpha|beta N) end"),
    ] {
        assert_eq!(shape(source).display(), shown);
    }
    assert_eq!(shape("{a} {b:int?} {a}").names(), ["a", "b"]);
}
