use std::io;

/// Measures all in turn, this often, each round from another start. Gives the
/// figures of each, in the order of the rounds.
///
/// # Errors
///
/// What was measured fails.
pub fn interleave(
    rounds: usize,
    contestants: usize,
    mut measure: impl FnMut(usize) -> io::Result<f64>,
) -> io::Result<Vec<Vec<f64>>> {
    let mut figures = vec![vec![]; contestants];
    for round in 0..rounds {
        for turn in 0..contestants {
            let contestant = (round + turn) % contestants;
            figures[contestant].push(measure(contestant)?);
        }
    }
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_round_has_all() {
        let (mut order, mut time) = (vec![], 0.0);
        let figures = interleave(2, 3, |contestant| {
            order.push(contestant);
            time += 1.0;
            Ok(time)
        });
        assert_eq!(order, [0, 1, 2, 1, 2, 0]);
        assert_eq!(figures.unwrap()[0], [1.0, 6.0]);
    }
}
