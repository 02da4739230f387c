//! The binary `ocelli` from outside, as a person would run it.

mod bad_input;
mod binary;
mod browser;
mod chromium;
mod demo;
mod devices;
mod devtools;
mod engines;
mod ffmpeg;
mod footage;
mod guides;
mod live_view;
mod models;
mod run;
mod signals;
mod web;
mod window;
mod xserver;
