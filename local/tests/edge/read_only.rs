//! A local edge that changes nothing behind it.

use super::support::{Ask, Cloud, behavior, config, function_url_origin};

#[tokio::test]
async fn what_could_change_something_goes_no_further() {
    let cloud = Cloud::start().await;
    let echo = "export const handler = async (event) => event.requestContext.http.method;";
    let host = cloud.function_url("echo", echo).await;
    let origin = function_url_origin(&cloud, "echo", &host).await;
    let (id, arn) = cloud.distribution(config(vec![origin], vec![behavior("*", "echo")]).build().unwrap()).await;
    cloud.permit_both("echo", &arn).await;
    let edge = cloud.serve_read_only(&id).await;
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let refused = Ask::method(method, "/").of(edge.port()).await;
        assert_eq!(refused.status, 403, "{method}");
        assert!(refused.text().contains("read-only"), "{}", refused.text());
    }
    let asked = Ask::get("/").of(edge.port()).await;
    assert_eq!((asked.status, asked.text().as_str()), (200, "GET"));
}
