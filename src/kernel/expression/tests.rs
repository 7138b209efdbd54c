use super::*;
use crate::kernel::model::number::Number;

fn evaluate(text: &str) -> Result<Value, Fault> {
    let values = |name: &Variable| match name.as_str() {
        "p_res" => Some(Value::Number(Number::typed("0.35").unwrap())),
        "fluid" => Some(Value::Text("hot".into())),
        "sources" => Some(Value::Several(vec!["electric".into(), "hot".into(), "steam".into()])),
        _ => None,
    };
    text.parse::<Expression>().unwrap().evaluate(&values).map(|e| e.value)
}

#[test]
fn decimals_are_exact() {
    assert_eq!(evaluate("0.1 + 0.2 <= 0.3"), Ok(Value::Bool(true)));
    assert_eq!(evaluate("3 / 2 == 1.5"), Ok(Value::Bool(true)));
    let digits = "1234567890.123456789012345678";
    assert_eq!(evaluate(&format!("{digits} + 0")).unwrap().to_string(), digits);
}

#[test]
fn operators_bind_as_written_in_the_format_page() {
    assert_eq!(evaluate("1 + 2 * 3 == 7 and not false"), Ok(Value::Bool(true)));
    assert_eq!(evaluate("(1 + 2) * 3 == 9"), Ok(Value::Bool(true)));
    assert_eq!(evaluate("not 1 > 2 or false"), Ok(Value::Bool(true)));
    assert_eq!(evaluate("-p_res < 0"), Ok(Value::Bool(true)));
}

#[test]
fn the_words_show_how_a_result_came_about() {
    let expression: Expression = "p_res <= 0.20".parse().unwrap();
    let shown = expression.evaluate(&|_| Some(Value::Number(Number::typed("0.35").unwrap()))).unwrap();
    assert_eq!(shown.words, "p_res <= 0.20: 0.35 <= 0.20 is false");
}

#[test]
fn text_against_a_number_is_refused_before_the_field() {
    let expression: Expression = "fluid <= 3".parse().unwrap();
    let fault = expression.check(&|_| Some(Type::Text)).unwrap_err();
    assert_eq!(fault, Fault::Types { operator: "<=", left: Type::Text, right: Type::Number });
    assert!("fluid == 3".parse::<Expression>().unwrap().check(&|_| Some(Type::Text)).is_err());
}

#[test]
fn each_chosen_option_of_a_several_choice_is_in_it() {
    for option in ["electric", "hot", "steam"] {
        assert_eq!(evaluate(&format!("\"{option}\" in sources")), Ok(Value::Bool(true)));
    }
    assert_eq!(evaluate("fluid in sources and not \"cold\" in sources"), Ok(Value::Bool(true)));
    let asked: Expression = "\"steam\" in sources".parse().unwrap();
    let shown = asked.evaluate(&|_| Some(Value::Several(vec!["electric".into(), "hot".into()]))).unwrap();
    assert_eq!(shown.words, "\"steam\" in sources: \"steam\" in [electric, hot] is false");
}

#[test]
fn a_several_choice_is_never_compared_with_a_text() {
    for (text, sign) in [("sources == \"hot\"", "=="), ("\"hot\" != sources", "!="), ("sources == sources", "==")] {
        assert_eq!(evaluate(text), Err(Fault::Several(sign)), "{text}");
    }
    assert!(matches!(evaluate("\"hot\" in fluid"), Err(Fault::Types { operator: "in", .. })));
    assert!(matches!(evaluate("1 in sources"), Err(Fault::Types { operator: "in", .. })));
}

#[test]
fn missing_values_and_impossible_calculations_have_no_result() {
    assert!(matches!(evaluate("absent == 1"), Err(Fault::Missing(_))));
    assert!(matches!(evaluate("1 / 0 == 1"), Err(Fault::Arithmetic("/"))));
    assert!(matches!(evaluate(&format!("{0} * {0} > 1", "9".repeat(20))), Err(Fault::Arithmetic("*"))));
}

#[test]
fn what_is_not_an_expression_is_refused() {
    for text in [
        "",
        "1 +",
        "a b",
        "(1",
        "\"open",
        "1 < 2 < 3",
        "A == 1",
        "a = 1",
        "1 and",
        "print(1)",
        "a; b",
        "é == 1",
        "in",
        "a in",
        "in in in",
    ] {
        assert!(text.parse::<Expression>().is_err(), "{text}");
    }
    assert_eq!(("(".repeat(60) + "1").parse::<Expression>(), Err(SyntaxFault::Depth));
    assert_eq!("-".repeat(500).parse::<Expression>(), Err(SyntaxFault::Depth));
    assert_eq!("a".repeat(1001).parse::<Expression>(), Err(SyntaxFault::Length));
}
