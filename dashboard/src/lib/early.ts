declare global {
  /** Replies that `boot.js` asked for while this code was on its way, by their path below /api/v1. */
  var __vastrox_early: Map<string, Promise<Response | undefined>> | undefined
}

/** What is asked later is asked anew: a page that is left at once would show what was true then. */
const FRESH_MS = 10_000

/** The reply to a first question of this page, where it was asked beforehand; each is taken once. */
export async function earlyReply(method: string, path: string): Promise<Response | undefined> {
  const replies = globalThis.__vastrox_early
  // What somebody does may change what is so, and who asks.
  if (method !== 'GET') replies?.clear()
  if (!replies?.has(path)) return undefined
  const reply = replies.get(path)
  replies.delete(path)
  if (performance.now() > FRESH_MS) return undefined
  // What failed is asked again, by the usual way.
  return reply?.catch(() => undefined)
}
