import type { SilenceRecord } from '#store/silence-store.ts'

interface Silenceable {
  rule: string
  appId: string | null
}

/** Until when nobody is told of it; undefined where nothing holds it back. */
export function silencedUntil(
  { rule, appId }: Silenceable,
  silences: readonly SilenceRecord[],
): string | undefined {
  return silences
    .filter((silence) => silence.rule === null || silence.rule === rule)
    .filter((silence) => silence.appId === null || silence.appId === appId)
    .map(({ until }) => until)
    .toSorted()
    .at(-1)
}
