//! Results that are used again: after warm-up a result allocates nothing.

use std::sync::Arc;

/// A fixed number of shared items. One that nobody else holds any more is handed out again, with the memory it has
/// grown to.
#[derive(Debug)]
pub(crate) struct Recycle<T> {
    items: Vec<Arc<T>>,
    next: usize,
}

impl<T> Recycle<T> {
    /// `holders` is the sum of all places that hold an item at once, the borrower's own place counted.
    pub(crate) fn new(holders: usize, make: impl Fn() -> T) -> Self {
        Self { items: (0..holders).map(|_| Arc::new(make())).collect(), next: 0 }
    }

    /// An item that nobody else holds.
    ///
    /// # Panics
    /// Where all are held: the sum of holders was wrong.
    pub(crate) fn borrow(&mut self) -> &mut Arc<T> {
        let count = self.items.len();
        let free = (0..count)
            .map(|step| (self.next + step) % count)
            .find(|&index| Arc::get_mut(&mut self.items[index]).is_some())
            .expect("as many results as places that hold one");
        self.next = free;
        &mut self.items[free]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_comes_back_when_its_last_holder_lets_go() {
        let mut recycle = Recycle::new(2, || 0);
        *Arc::get_mut(recycle.borrow()).unwrap() = 1;
        let first = Arc::clone(recycle.borrow());
        *Arc::get_mut(recycle.borrow()).unwrap() = 2;
        let second = Arc::clone(recycle.borrow());
        assert_eq!((*first, *second), (1, 2));
        drop(first);
        assert_eq!(**recycle.borrow(), 1);
    }

    #[test]
    #[should_panic(expected = "as many results as places")]
    fn holding_more_than_the_sum_is_noticed() {
        let mut recycle = Recycle::new(1, || 0);
        let _held = Arc::clone(recycle.borrow());
        recycle.borrow();
    }
}
