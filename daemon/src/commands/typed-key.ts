import { startsSshKey } from '@vastrox/shared/takes-stdin.ts'

/**
 * The public key of `keys:add` and its like: typed, or piped in; with what else is typed as its name, as in
 * `keys:add laptop < laptop.pub`. Undefined where there is none.
 */
export function typedKey(
  typed: readonly string[],
  stdin: string | undefined,
  name: string | undefined,
): { publicKey: string; name?: string } | undefined {
  const words = typed.filter((word) => word !== '-')
  const isTyped = words.some((word) => startsSshKey(word))
  const publicKey = isTyped ? words.join(' ') : stdin?.trim()
  const called = name ?? (isTyped ? '' : words.join(' '))
  if (!publicKey) return undefined
  return { publicKey, ...(called === '' ? {} : { name: called }) }
}
