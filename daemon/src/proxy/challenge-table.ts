import type { RoutingSnapshot } from '#ports/routing-snapshot.ts'

const PREFIX = '/.well-known/acme-challenge/'

/** ACME HTTP-01 answers: for exactly the tokens of the snapshot, before any app is asked (rule R9). */
export function createChallengeTable(challenges: RoutingSnapshot['challenges']) {
  const answers = new Map(challenges.map((each) => [each.token, each.keyAuthorization]))

  return (method: string, path: string): string | undefined => {
    if (answers.size === 0 || !path.startsWith(PREFIX)) return undefined
    if (method !== 'GET' && method !== 'HEAD') return undefined
    return answers.get(path.slice(PREFIX.length))
  }
}
export type ChallengeTable = ReturnType<typeof createChallengeTable>
