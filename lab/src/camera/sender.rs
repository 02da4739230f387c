//! Pictures on their way: one after another at the rate that was chosen, cut into transfers, each with UVC's header
//! (1.0, 2.4.3.3).

use std::sync::PoisonError;
use std::time::Duration;

use super::control::Choice;
use super::descriptors::CLOCK_HZ;
use super::pictures::Pictures;
use super::{Device, Line, State, Transfer};
use crate::clock::{now_ns, sleep_until_ns};

/// How long the rest of a picture waits for somebody who wants it.
const PATIENCE: Duration = Duration::from_millis(500);
const HEADER_BYTES: usize = 12;
/// The bits of a header: which of two pictures in turn, the last of its picture, times are there (both), broken, and
/// the end of the bits.
const TOGGLE: u8 = 0x01;
const LAST: u8 = 0x02;
const TIMES: u8 = 0x0C;
const BROKEN: u8 = 0x40;
const END: u8 = 0x80;

/// Sends until the camera is unplugged.
pub fn send_pictures(device: &Device, pictures: &Pictures, line: &Line) -> Result<(), String> {
    let mut due_ns = 0;
    for number in 1.. {
        let Some(chosen) = device.wait_until_wanted() else { break };
        let interval_ns = u64::from(chosen.interval) * 100;
        let stall_ns = device.faults.stall_ms(number) * 1_000_000;
        // After a pause, the rate begins anew.
        due_ns = (due_ns + interval_ns).max(now_ns()) + stall_ns;
        sleep_until_ns(due_ns);
        let series = pictures.of(chosen.format, chosen.size);
        let picture = &series[(number % series.len() as u64) as usize];
        if device.send(line, number, picture).is_none() {
            break;
        }
    }
    Ok(())
}

impl Device {
    /// Waits until the kernel wants a picture, and says which; `None` once the camera is unplugged.
    fn wait_until_wanted(&self) -> Option<Choice> {
        let is_idle = |state: &mut State| state.waiting.is_empty() && !state.is_unplugged;
        let state = self.changed.wait_while(self.state(), is_idle).unwrap_or_else(PoisonError::into_inner);
        (!state.is_unplugged).then_some(state.chosen)
    }

    /// The transfer that waits longest; `None` where nobody wants the rest of the picture.
    fn next_transfer(&self) -> Option<Transfer> {
        let is_idle = |state: &mut State| state.waiting.is_empty() && !state.is_unplugged;
        let waited = self.changed.wait_timeout_while(self.state(), PATIENCE, is_idle);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.waiting.pop_front()
    }

    /// Sends one picture; `None` once the camera is unplugged.
    fn send(&self, line: &Line, number: u64, picture: &[u8]) -> Option<()> {
        let picture = if self.faults.is_cut(number) { &picture[..picture.len() / 2] } else { picture };
        let ticks = (u128::from(now_ns()) * u128::from(CLOCK_HZ) / 1_000_000_000) as u32;
        let mut bits = TIMES | END | (number as u8 & TOGGLE);
        if self.faults.is_broken(number) {
            bits |= BROKEN;
        }
        let mut rest = picture;
        while !rest.is_empty() {
            let Some(transfer) = self.next_transfer() else {
                return (!self.state().is_unplugged).then_some(());
            };
            let (part, behind) = rest.split_at(rest.len().min(transfer.length.saturating_sub(HEADER_BYTES)));
            rest = behind;
            let mut payload = vec![HEADER_BYTES as u8, if rest.is_empty() { bits | LAST } else { bits }];
            // When it was captured, when it is sent, and the bus's own count of frames.
            payload.extend(ticks.to_le_bytes());
            payload.extend(ticks.to_le_bytes());
            payload.extend([0, 0]);
            payload.extend_from_slice(part);
            line.done(transfer.number, 0, &payload).ok()?;
        }
        Some(())
    }
}
