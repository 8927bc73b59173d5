/** Negative, 0 or positive, by the numbers in them: 1.9.2 is before 1.10.0. */
export function compareVersions(one: string, other: string): number {
  const [first, second] = [numbersOf(one), numbersOf(other)]
  for (let at = 0; at < Math.max(first.length, second.length); at++) {
    const difference = (first[at] ?? 0) - (second[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

const numbersOf = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number)
