//! What is wrong is named.

use serde_json::json;

use crate::http::call;
use crate::{OK, builder, post, sandbox};

#[tokio::test]
async fn a_wrong_order_is_named() {
    let (sandbox, _receiver) = sandbox(vec![OK]).await;
    let before = sandbox.state();
    for (order, at, error, near) in [
        (
            json!({"event": "NEW_SALE"}),
            "/event",
            "there is no event and no action `NEW_SALE`",
            Some("SALE_NEW"),
        ),
        (
            json!({"event": "optin"}),
            "/event",
            "there is no event and no action `optin`",
            Some("opt-in"),
        ),
        (
            json!({"event": "SALE_NEW", "set": {"/custmer/email": ""}}),
            "/set/~1custmer~1email",
            "there is no `/custmer`",
            Some("/customer/email"),
        ),
        (
            json!({"event": "SALE_NEW", "contact": "ada"}),
            "/contact",
            "`ada` is not an e-mail address",
            None,
        ),
        (
            json!({"event": "SALE_NEW", "contact": 99}),
            "/contact",
            "there is no contact 99",
            None,
        ),
        (
            json!({"event": "SALE_NEW", "with": {"price_plan": 99}}),
            "/with/price_plan",
            "there is no price plan 99",
            None,
        ),
        (
            json!({"event": "SALE_NEW", "with": {"coupon": "C1"}}),
            "/with",
            "there is no coupon C1",
            None,
        ),
        (
            json!({"event": "SALE_NEW", "to": "https://example.com"}),
            "/to",
            "add `--allow example.com`",
            None,
        ),
        (
            json!({"event": "SALE_NEW", "wait": "10"}),
            "/wait",
            "write one such as `10s`",
            None,
        ),
        (
            json!({"event": "SALE_NEW", "times": 0}),
            "/times",
            "from 1 to 10000",
            None,
        ),
        (
            json!({"event": "sale", "set": {"/a": 1}}),
            "/set",
            "`sale` is an action",
            None,
        ),
        (
            json!({"event": "sale", "contact": "new@example.com", "with": {"coupon": "C1"}}),
            "/with",
            "there is no coupon C1",
            None,
        ),
    ] {
        let answer = post(&sandbox, "/fire", order.clone()).await;
        assert_eq!(answer.status, 422, "{order}: {answer:?}");
        let fault = answer.json();
        assert_eq!(fault["at"], at, "{fault}");
        assert!(fault["error"].as_str().unwrap().contains(error), "{fault}");
        assert_eq!(fault["did_you_mean"].as_str(), near, "{fault}");
    }
    assert_eq!(sandbox.state(), before);
}

#[tokio::test]
async fn a_wrong_path_or_parameter_is_named() {
    let (sandbox, _receiver) = sandbox(vec![OK]).await;
    for (method, path, status, error) in [
        ("GET", "/nothing", 404, "there is nothing at `/nothing`"),
        (
            "PUT",
            "/tags",
            405,
            "this path has the methods GET, HEAD, POST",
        ),
        ("PUT", "/fire", 405, "see the header `Allow`"),
        (
            "GET",
            "/messages/x",
            404,
            "there is no message `x` any more",
        ),
        ("DELETE", "/messages/x", 404, "there is no message"),
        (
            "POST",
            "/messages/x/explain",
            404,
            "there is no message `x` any more",
        ),
        (
            "POST",
            "/messages/x/resend",
            404,
            "there is no such message",
        ),
        (
            "GET",
            "/messages?evnt=x",
            422,
            "there is no parameter `evnt`",
        ),
        (
            "GET",
            "/messages?status=deliverd",
            422,
            "there is no status `deliverd`",
        ),
        (
            "GET",
            "/messages?limit=0",
            422,
            "`0` is not a number from 1 to 1000",
        ),
        ("GET", "/messages?order=up", 422, "neither `asc` nor `desc`"),
        (
            "GET",
            "/messages?after=x",
            404,
            "there is no message `x` any more",
        ),
        (
            "GET",
            "/messages?mechanism=x",
            422,
            "neither `account` nor `automation`",
        ),
    ] {
        let answer = call(sandbox.address(), method, &format!("/sandbox/v1{path}"), "").await;
        assert_eq!(answer.status, status, "{method} {path} {answer:?}");
        let fault = answer.json();
        assert!(fault["error"].as_str().unwrap().contains(error), "{fault}");
    }
    let answer = call(sandbox.address(), "POST", "/sandbox/v1/fire", "{").await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn what_is_set_is_checked_without_a_receiver() {
    let sandbox = builder().start().await.unwrap();
    let order = json!({"event": "SALE_NEW", "set": {"/pricePlan/amout": 1}});
    let answer = post(&sandbox, "/fire", order).await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.json()["did_you_mean"], "/pricePlan/amount");
    let nothing = json!({"event": "sale", "with": {"price_plan": []}});
    assert_eq!(post(&sandbox, "/fire", nothing).await.status, 422);
    assert!(sandbox.state().contacts.is_empty());
}
