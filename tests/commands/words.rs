//! `asrun show` in the words of a field: the pack changes words, and nothing else.

use crate::world::World;
use std::path::Path;

/// One run in which everything happens that a field may call by another name.
const INTENTS: &str = r#"{"intent":"open","as":"a.ortiz","crew":[{"person":"l.chen","role":"verifier"},{"person":"m.berg","role":"supervisor"},{"person":"p.sato","role":"witness"}]}
{"intent":"register_permit","as":"a.ortiz","permit":"access","number":"PTW 88","valid_from":"2020-01-01T00:00:00.000Z","valid_until":"2090-01-01T00:00:00.000Z"}
{"intent":"register_instrument","as":"a.ortiz","instrument":"PI-7","name":"gauge","quantities":["pressure"],"cal_due":"2090-01-01T00:00:00.000Z"}
{"intent":"register_material","as":"a.ortiz","material":"LOT-9","name":"grease","quantity":"two tubes","expires":"2090-01-01T00:00:00.000Z"}
{"intent":"begin","as":"a.ortiz","step":"0"}
{"intent":"acknowledge","as":"a.ortiz","step":"0"}
{"intent":"acknowledge","as":"l.chen","step":"0"}
{"intent":"acknowledge","as":"m.berg","step":"0"}
{"intent":"acknowledge","as":"p.sato","step":"0"}
{"intent":"begin","as":"a.ortiz","step":"1"}
{"intent":"confirm_component","as":"a.ortiz","step":"1","tag":"V-01"}
{"intent":"enter","as":"a.ortiz","step":"1","values":{"p_res":"0.35"},"instrument":"PI-7"}
{"intent":"deviate","as":"a.ortiz","step":"1","code":"SML-ANY","description":"needle above the mark","immediate_action":{"text":"told the lead"},"process":"continue","justification":"one needle's width"}
{"intent":"enter","as":"a.ortiz","step":"1","values":{"lot":"LOT-9"}}
{"intent":"attach","as":"a.ortiz","step":"1","requirement":"photo","path":"gauge.txt"}
{"intent":"perform","as":"a.ortiz","step":"1"}
{"intent":"observe","as":"a.ortiz","watch":"wind","ok":true}
{"intent":"pause","as":"a.ortiz","reason":"lunch"}
{"intent":"resume","as":"a.ortiz","comment":"all as before"}
{"intent":"begin","as":"a.ortiz","step":"2"}
{"intent":"notify_witness","as":"a.ortiz","step":"2","party":"the inspector","by":"by telephone"}
{"intent":"attend","as":"p.sato","step":"2","outcome":"attended","comment":"looked at the gauge"}
{"intent":"begin","as":"a.ortiz","step":"3"}
{"intent":"request","as":"a.ortiz","asked":{"kind":"hold","id":"3"},"to":"supervisor","path":"request.json"}
{"intent":"release_hold","as":"m.berg","step":"3","comment":"seen"}
{"intent":"begin","as":"a.ortiz","step":"4"}
{"intent":"poll","as":"l.chen","step":"4","role":"verifier","answer":"go"}
{"intent":"poll","as":"m.berg","step":"4","role":"supervisor","answer":"go","comment":"ready"}
{"intent":"turnover","as":"a.ortiz","role":"performer","to":"l.chen","remarks":"mind the gauge"}
{"intent":"accept_turnover","as":"l.chen"}
{"intent":"begin","as":"l.chen","step":"5"}
{"intent":"communicate","as":"l.chen","step":"5","party":"Kim at control","repeat_back":"the gauge is read","confirmed":true}
{"intent":"review_deviation","as":"m.berg","deviation":"DEV-0001","decision":"accept","comment":"agreed"}
"#;

/// The key of a term, one that stands nowhere else, and our word, so that it can be put back.
const WORDS: [(&str, &str, &str); 15] = [
    ("brief", "Qbrief", "Brief"),
    ("component", "Qcomponent", "Component"),
    ("deviation", "Qdeviation", "Deviation"),
    ("evidence", "Qevidence", "Evidence"),
    ("hold", "Qhold", "Hold"),
    ("instrument", "Qinstrument", "Instrument"),
    ("material", "Qmaterial", "Material"),
    ("permit", "Qpermit", "Permit"),
    ("review", "Qreview", "Review"),
    ("turnover", "Qturnover", "Shift handover"),
    ("watch", "Qwatch", "Watch"),
    ("witness", "Qwitness", "Witness"),
    ("performer", "Qperformer", "Operator"),
    ("verifier", "Qverifier", "Verifier"),
    ("supervisor", "Qsupervisor", "Supervisor"),
];

/// Runs everything with a pack and returns the report as text and as a page.
fn reports(terms: &str) -> [String; 2] {
    let world = World::new();
    world.file("gauge.txt", "needle\n");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/worded");
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
    let pack = format!("{}{terms}", read("pack.yaml"));
    let package =
        world.lock("worded", [read("procedure.yaml").as_bytes(), pack.as_bytes(), read("policy.yaml").as_bytes()]);
    let done = world.drive(package.to_str().unwrap(), INTENTS).exits(0);
    let run = done.answers().last().unwrap()["state"]["run"].as_str().unwrap().to_owned();
    [&[][..], &["--html"]].map(|more| world.asrun(&[&["show", &run], more].concat(), "").exits(0).stdout())
}

/// What no two runs share is a dot: times, digests, keys, ids, lengths of time.
fn masked(report: &str) -> String {
    let mask = |part: &str| {
        let word = part.trim_end_matches(|c: char| " \n;,<>()".contains(c));
        let number = word.strip_suffix("ms").or(word.strip_suffix('s'));
        let length = number.is_some_and(|number| number.parse::<u64>().is_ok());
        let id = word.len() == 26 && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        match id || word.starts_with("SHA256:") || word.chars().filter(char::is_ascii_digit).count() > 7 || length {
            true => format!("•{}", &part[word.len()..]),
            false => part.to_owned(),
        }
    };
    report.split_inclusive(|c: char| " \n;,<>()".contains(c)).map(mask).collect::<String>().replace("• •", "•")
}

#[test]
fn two_packs_make_two_reports_that_differ_in_the_fields_words_alone() {
    let ours = reports("");
    let terms: String = WORDS.iter().map(|(key, their, _)| format!("  {key}: {their}\n")).collect();
    let theirs = reports(&format!("terms:\n{terms}"));
    for (ours, theirs) in ours.iter().zip(&theirs) {
        let mut back = masked(theirs);
        for (_, their, our) in WORDS {
            assert!(back.to_lowercase().contains(&their.to_lowercase()), "{their} stands nowhere:\n{theirs}");
            for change in [str::to_owned, str::to_lowercase, str::to_uppercase] {
                back = back.replace(&change(their), &change(our));
            }
        }
        let ours = masked(ours);
        let differing: Vec<_> = ours.lines().zip(back.lines()).filter(|(a, b)| normal(a) != normal(b)).collect();
        assert!(differing.is_empty(), "{differing:#?}");
        assert_eq!(back.lines().count(), ours.lines().count());
    }
}

/// Columns are as wide as the words in them.
fn normal(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn who_handed_the_role_over_stays_in_the_head_of_the_report() {
    let [text, _] = reports("");
    let line = |name: &str| text.lines().find(|l| l.trim_start().starts_with(name)).unwrap_or_default().to_owned();
    assert!(line("Former crew").contains("Ana Ortiz (a.ortiz) as operator"), "{text}");
    assert!(!line("Crew  ").contains("a.ortiz") && line("Crew  ").contains("(l.chen) as operator"), "{text}");
}
