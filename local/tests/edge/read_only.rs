//! A read-only edge.

use super::support::{Cloud, Request, behavior, config, function_url_origin};

#[tokio::test]
async fn methods_that_could_change_something_are_rejected() {
    let cloud = Cloud::start().await;
    let echo = "export const handler = async (event) => event.requestContext.http.method;";
    let host = cloud.function_url("echo", echo).await;
    let origin = function_url_origin(&cloud, "echo", &host).await;
    let (id, arn) = cloud.distribution(config(vec![origin], vec![behavior("*", "echo")]).build().unwrap()).await;
    cloud.allow_invocation("echo", &arn).await;
    let edge = cloud.serve_read_only(&id).await;
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let rejected = Request::method(method, "/").send(edge.port()).await;
        assert_eq!(rejected.status, 403, "{method}");
        assert!(rejected.text().contains("read-only"), "{}", rejected.text());
    }
    let read = Request::get("/").send(edge.port()).await;
    assert_eq!((read.status, read.text().as_str()), (200, "GET"));
}
