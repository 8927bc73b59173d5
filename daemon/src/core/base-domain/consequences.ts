interface Facts {
  from: string
  to: string
  fromHost: string
  until: string
  /** The certificate of the dashboard is one of a CA that browsers know. */
  isTrusted: boolean
  isWildcardWanted: boolean
  isLocal: boolean
  bound: { passkeys: number; webhooks: number; providers: number }
}

const some = (count: number, one: string, more: string): string =>
  count === 1 ? `1 ${one}` : `${count} ${more}`

/** What a move means for people, one sentence each, in the order in which they meet it. */
export function consequencesOf(facts: Facts): string[] {
  const { from, to, fromHost, bound } = facts
  const day = facts.until.slice(0, 10)
  return [
    `Apps are at <app>.${to}. Their names under ${from} answer until ${day}: who looks at a page is sent on, and everything else is served as before.`,
    `Dashboard, API and git are at ${to}. ${fromHost} goes on answering until ${day}, so git remotes and tokens work; everybody signs in once more at the new address.`,
    facts.isLocal
      ? 'Certificates are of a new local CA: no public CA knows names that end in localhost.'
      : certificates(facts),
    ...(facts.isTrusted
      ? []
      : [
          'Until a public certificate has come, there is a new local CA to trust: on the server by vastrox base-domain --trust, elsewhere by the file that the dashboard gives. It is good for the new names alone.',
        ]),
    ...(bound.passkeys > 0
      ? [
          `${some(bound.passkeys, 'passkey was', 'passkeys were')} made for ${fromHost} and are good there alone: sign in by password or link, and make new ones.`,
        ]
      : []),
    ...(bound.webhooks > 0
      ? [
          `${some(bound.webhooks, 'repository tells', 'repositories tell')} us of pushes at ${fromHost}: change the address of the webhook there before ${day}.`,
        ]
      : []),
    ...(bound.providers > 0
      ? [
          'Register the new address for sign-in with your identity providers: they send people back to it.',
        ]
      : []),
    'Apps learn their new PUBLIC_URL with their next deployment or restart.',
  ]
}

const certificates = ({ to, isWildcardWanted }: Facts): string =>
  isWildcardWanted
    ? `One certificate for *.${to} is ordered, by a proof by DNS, and one for ${to}.`
    : `Certificates are ordered, one for each app and one for ${to}. With a DNS provider for ${to} one would do for all.`
