import { createHmac } from 'node:crypto'
import { REACH_NONCE, REACH_PATH, reachText } from '#ports/reach-answer.ts'

/**
 * Says that this is the installation that was asked for: a signature over the host and the nonce of
 * the question, before any app is asked. Nothing is kept for it, and the key is used for nothing else.
 */
export function createReachAnswers(key: string | undefined) {
  const secret = key === undefined ? undefined : Buffer.from(key, 'hex')

  return (method: string, host: string, path: string): string | undefined => {
    if (secret === undefined || !path.startsWith(REACH_PATH) || method !== 'GET') return undefined
    const nonce = path.slice(REACH_PATH.length)
    if (!REACH_NONCE.test(nonce)) return undefined
    return createHmac('sha256', secret).update(reachText(host, nonce)).digest('hex')
  }
}
export type ReachAnswers = ReturnType<typeof createReachAnswers>
