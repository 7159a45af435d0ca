//! Sends an order, receives it and acknowledges it: nothing but HTTP, and Rust's own library.

use std::env;
use std::io::{Error, Read, Result, Write};
use std::net::TcpStream;

/// One POST to the API on this machine. What is refused is an error with the problem as it was answered.
fn post(path: &str, body: &str) -> Result<String> {
    let url = env::var("ALIEN_API_URL").expect("start it beside alien dev: npm run rust");
    let token = env::var("ALIEN_API_TOKEN").expect("start it beside alien dev: npm run rust");
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host)?;
    write!(
        stream,
        "POST {path} HTTP/1.0\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, text) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    if head.split(' ').nth(1).is_some_and(|status| status.starts_with('2')) {
        Ok(text.to_string())
    } else {
        Err(Error::other(text.to_string()))
    }
}

/// The text of a string field; a program of your own parses JSON with serde_json.
fn field<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let rest = json.split_once(&format!("\"{name}\":\""))?.1;
    rest.split('"').next()
}

fn main() -> Result<()> {
    let order = r#"{"id":12345678901234567890,"total":42}"#;
    post("/queues/orders/messages", &format!(r#"{{"payload":{order}}}"#))?;

    let received = post("/queues/orders/receive", r#"{"max":1,"wait":"5s"}"#)?;
    assert!(received.contains(order), "{received}");
    let receipt = field(&received, "receiptHandle").expect("a message");
    println!("order 12345678901234567890");

    println!("{}", post("/queues/orders/ack", &format!(r#"{{"receiptHandle":"{receipt}"}}"#))?);
    Ok(())
}
