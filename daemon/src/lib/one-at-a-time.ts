/** Runs what it is given one after the other, in order; a failure is only its own. */
export function createOneAtATime() {
  let last: Promise<unknown> = Promise.resolve()

  return function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = last.then(work)
    last = result.catch(() => {
      // Whoever asked for it is told.
    })
    return result
  }
}
