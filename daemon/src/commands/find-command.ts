import type { Command } from '#commands/command.ts'

/** `env:set blog …`, `env set blog …` and the short forms; the longest that fits. */
export function findCommand(
  commands: readonly Command[],
  words: readonly string[],
): { command: Command; rest: readonly string[] } | undefined {
  const [noun, verb] = words
  if (noun === undefined) return undefined
  const named = (name: string): Command | undefined =>
    commands.find((each) => each.name === name || each.aliases?.includes(name))
  const both = verb === undefined || verb.startsWith('-') ? undefined : named(`${noun}:${verb}`)
  if (both) return { command: both, rest: words.slice(2) }
  const one = named(noun)
  return one && { command: one, rest: words.slice(1) }
}

/** The name that is nearest to what was typed, where any is near. */
export function suggestionFor(
  commands: readonly Command[],
  words: readonly string[],
): string | undefined {
  const typed = [words[0] ?? '', words.slice(0, 2).join(':')]
  const names = commands.flatMap(({ name, aliases = [] }) => [name, ...aliases])
  const ranked = names
    .map((name) => ({ name, far: Math.min(...typed.map((text) => distance(text, name))) }))
    .toSorted((a, b) => a.far - b.far)
  const [best] = ranked
  return best && best.far <= Math.max(1, Math.floor(best.name.length / 3)) ? best.name : undefined
}

/** Letters to change, add, leave out or swap with their neighbour. */
function distance(from: string, to: string): number {
  let before: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (let row = 1; row <= from.length; row++) {
    const next = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      next[column] = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped && row > 1 && column > 1 ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    before = last
    last = next
  }
  return last[to.length] ?? 0
}
