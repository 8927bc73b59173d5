/** So many letters, the same each time, that never repeat themselves. */
export function withoutPattern(length: number): string {
  let seed = 7
  const letters: string[] = []
  for (let at = 0; at < length; at += 1) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    letters.push('aebc'[seed >>> 30] ?? 'a')
  }
  return letters.join('')
}
