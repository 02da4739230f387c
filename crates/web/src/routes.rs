//! What is answered to what.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use crate::assets::{ASSETS, Asset};
use crate::guard::{Guard, Refusal};
use crate::hub::Hub;
use crate::live::{self, MESSAGE_MAX};
use crate::spec::WIDTH_MAX;
use crate::viewer::{Picture, Wish};

/// What a WebSocket speaks.
const PROTOCOL: &str = "ocelli.v1";
/// For what a viewer sends, which is little.
const READ_BUFFER_BYTES: usize = 4 << 10;
/// How long a snapshot waits for a frame.
const SNAPSHOT_TIMEOUT: Duration = Duration::from_secs(5);
/// Snapshots that are waited for at once.
const SNAPSHOTS_MAX: usize = 4;
/// Snapshots are not taken at a rate.
const SNAPSHOT_FPS: f64 = 1_000.0;

/// Of every answer.
const HEADERS: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
    ),
    ("x-frame-options", "DENY"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
];

/// What handlers share.
#[derive(Clone)]
struct House {
    hub: Arc<Hub>,
    guard: Arc<Guard>,
    is_over: watch::Receiver<bool>,
    snapshots: Arc<Semaphore>,
}

/// Everything that can be asked for.
pub(crate) fn router(hub: Arc<Hub>, guard: Guard, is_over: watch::Receiver<bool>) -> Router {
    let snapshots = Arc::new(Semaphore::new(SNAPSHOTS_MAX));
    let house = House { hub, guard: Arc::new(guard), is_over, snapshots };
    let guarded = Router::new()
        .route("/status", get(status))
        .route("/sources/{source}/live", get(live_view))
        .route("/sources/{source}/snapshot.jpg", get(snapshot))
        .route("/sources/{source}/inference/start", post(start))
        .route("/sources/{source}/inference/stop", post(stop))
        .route_layer(from_fn_with_state(house.clone(), check));
    let page = ASSETS
        .iter()
        .fold(Router::new(), |page, asset| page.route(asset.path, get(|| async { serve(asset) })));
    let page = page.route_layer(from_fn_with_state(house.clone(), check_host));
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .merge(page)
        .merge(guarded)
        .fallback(|| async { (StatusCode::NOT_FOUND, "there is nothing here\n") })
        .layer(from_fn(secure))
        .with_state(house)
}

async fn check(State(house): State<House>, request: Request, next: Next) -> Response {
    match house.guard.check(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refused(refusal),
    }
}

async fn check_host(State(house): State<House>, request: Request, next: Next) -> Response {
    match house.guard.check_host(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refused(refusal),
    }
}

fn refused(refusal: Refusal) -> Response {
    let mut answer = refusal.answer().into_response();
    if refusal == Refusal::Token {
        answer.headers_mut().insert("www-authenticate", HeaderValue::from_static("Bearer"));
    }
    answer
}

/// What is data is not kept by anybody on the way; the page is asked for anew each time, so that it fits its server.
async fn secure(request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    answer
}

fn serve(asset: &'static Asset) -> Response {
    let headers = [(CONTENT_TYPE, asset.content_type), (CACHE_CONTROL, "no-cache")];
    (headers, Bytes::from_static(asset.bytes)).into_response()
}

async fn status(State(house): State<House>) -> Response {
    ([(CONTENT_TYPE, "application/json")], house.hub.whole_status()).into_response()
}

async fn start(State(house): State<House>, Path(source): Path<usize>) -> Response {
    switch(&house.hub, source, true)
}

async fn stop(State(house): State<House>, Path(source): Path<usize>) -> Response {
    switch(&house.hub, source, false)
}

fn switch(hub: &Hub, source: usize, is_on: bool) -> Response {
    if source >= hub.sources() {
        return no_source(hub);
    }
    hub.switch(source).set(is_on);
    StatusCode::NO_CONTENT.into_response()
}

async fn live_view(
    State(house): State<House>,
    Path(source): Path<usize>,
    RawQuery(query): RawQuery,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let House { hub, is_over, .. } = house;
    if source >= hub.sources() {
        return no_source(&hub);
    }
    let limits = hub.limits;
    let most = Wish { fps: limits.fps, width: limits.width };
    let wish = match wished(query.as_deref(), most) {
        Ok(wish) => wish.within(limits),
        Err(wrong) => return (StatusCode::BAD_REQUEST, wrong).into_response(),
    };
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let Some(seat) = hub.join(source, wish) else {
        return (StatusCode::SERVICE_UNAVAILABLE, "there are too many viewers\n").into_response();
    };
    upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(READ_BUFFER_BYTES)
        .max_message_size(MESSAGE_MAX)
        .max_frame_size(MESSAGE_MAX)
        .on_upgrade(move |socket| live::serve(socket, hub, seat, is_over))
}

async fn snapshot(
    State(house): State<House>,
    Path(source): Path<usize>,
    RawQuery(query): RawQuery,
) -> Response {
    let House { hub, snapshots, .. } = house;
    if source >= hub.sources() {
        return no_source(&hub);
    }
    let wish = match wished(query.as_deref(), Wish { fps: SNAPSHOT_FPS, width: WIDTH_MAX }) {
        Ok(wish) => Wish { fps: SNAPSHOT_FPS, ..wish },
        Err(wrong) => return (StatusCode::BAD_REQUEST, wrong).into_response(),
    };
    let Ok(_turn) = snapshots.try_acquire() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many snapshots are being taken\n").into_response();
    };
    let Some(seat) = hub.join(source, wish) else {
        return (StatusCode::SERVICE_UNAVAILABLE, "there are too many viewers\n").into_response();
    };
    let picture = timeout(SNAPSHOT_TIMEOUT, async {
        loop {
            seat.viewer().ready().await;
            if let Some(picture) = seat.viewer().take().picture {
                return picture;
            }
        }
    });
    match picture.await {
        Ok(Picture { jpeg, .. }) => ([(CONTENT_TYPE, "image/jpeg")], jpeg).into_response(),
        Err(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, "the source gave no picture within 5 s\n").into_response()
        }
    }
}

/// `fps=15&width=960`, in any order; what is not said is as in `most`.
fn wished(query: Option<&str>, most: Wish) -> Result<Wish, &'static str> {
    let mut wish = most;
    for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("fps", fps)) => {
                let fps = fps.parse().ok().filter(|fps: &f64| fps.is_finite() && *fps >= 0.0);
                wish.fps = fps.ok_or("fps is a number of pictures a second\n")?;
            }
            Some(("width", width)) => {
                wish.width = width.parse().map_err(|_| "width is a number of pixels\n")?;
            }
            _ => return Err("what can be asked for is fps=15&width=960\n"),
        }
    }
    Ok(wish)
}

fn no_source(hub: &Hub) -> Response {
    (StatusCode::NOT_FOUND, format!("there are {} sources, from 0\n", hub.sources())).into_response()
}
