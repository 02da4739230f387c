//! A short bounded queue whose producer waits: the hand-over where every frame counts.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use crate::handover::{Bell, Taken};

/// Holds `capacity` items at most and never grows.
#[derive(Debug)]
pub struct Rendezvous<T> {
    queue: Mutex<Queue<T>>,
    room: Condvar,
    bell: Arc<Bell>,
    capacity: usize,
}

#[derive(Debug)]
struct Queue<T> {
    items: VecDeque<T>,
    closed: bool,
}

impl<T> Rendezvous<T> {
    /// An empty queue for `capacity` items (at least 1) that rings `bell` when something changes.
    pub fn new(capacity: usize, bell: Arc<Bell>) -> Self {
        let capacity = capacity.max(1);
        let queue = Queue { items: VecDeque::with_capacity(capacity), closed: false };
        Self { queue: Mutex::new(queue), room: Condvar::new(), bell, capacity }
    }

    /// Puts an item in, waiting for room. The item comes back where the hand-over is, or becomes, closed.
    pub fn put(&self, item: T) -> Result<(), T> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |queue: &mut Queue<T>| queue.items.len() == self.capacity && !queue.closed;
        let mut queue = self.room.wait_while(queue, full).unwrap_or_else(PoisonError::into_inner);
        if queue.closed {
            return Err(item);
        }
        queue.items.push_back(item);
        drop(queue);
        self.bell.ring();
        Ok(())
    }

    /// Puts an item in where there is room, and gives it back where there is none.
    pub fn try_put(&self, item: T) -> Result<(), T> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.closed || queue.items.len() == self.capacity {
            return Err(item);
        }
        queue.items.push_back(item);
        drop(queue);
        self.bell.ring();
        Ok(())
    }

    /// Takes the oldest item.
    pub fn take(&self) -> Taken<T> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        match queue.items.pop_front() {
            Some(item) => {
                drop(queue);
                self.room.notify_one();
                Taken::Item(item)
            }
            None if queue.closed => Taken::Closed,
            None => Taken::Empty,
        }
    }

    /// Nothing more goes in; what is there can still be taken. A producer that waits is sent away.
    pub fn close(&self) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.room.notify_all();
        self.bell.ring();
    }

    /// Whether it has been closed.
    pub fn is_closed(&self) -> bool {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn every_item_arrives_in_order_however_slow_the_consumer() {
        let bell = Bell::new();
        let rendezvous = Rendezvous::new(2, Arc::clone(&bell));
        let taken = std::thread::scope(|scope| {
            scope.spawn(|| {
                for n in 0..2_000 {
                    rendezvous.put(n).unwrap();
                }
                rendezvous.close();
            });
            let mut taken = Vec::new();
            loop {
                let seen = bell.rings();
                match rendezvous.take() {
                    Taken::Item(n) => taken.push(n),
                    Taken::Empty => bell.wait(seen, Duration::from_secs(100)),
                    Taken::Closed => break,
                }
            }
            taken
        });
        assert!(taken.into_iter().eq(0..2_000));
    }

    #[test]
    fn it_never_grows() {
        let rendezvous = Rendezvous::new(2, Bell::new());
        assert_eq!((rendezvous.try_put(1), rendezvous.try_put(2)), (Ok(()), Ok(())));
        assert_eq!(rendezvous.try_put(3), Err(3));
    }

    #[test]
    fn closing_sends_a_waiting_producer_away() {
        let rendezvous = Rendezvous::new(1, Bell::new());
        rendezvous.put(1).unwrap();
        std::thread::scope(|scope| {
            let producer = scope.spawn(|| rendezvous.put(2));
            rendezvous.close();
            assert_eq!(producer.join().unwrap(), Err(2));
        });
        assert_eq!((rendezvous.take(), rendezvous.take()), (Taken::Item(1), Taken::Closed));
    }
}
