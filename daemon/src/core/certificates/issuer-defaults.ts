import type { Clock } from '#ports/clock.ts'
import type { IssuerRecord, IssuerStore } from '#store/issuer-store.ts'
import { KNOWN_ISSUERS, knownIssuer } from './known-issuers.ts'

interface Deps {
  issuers: IssuerStore
  clock: Clock
  teamId: string
  /** What install.sh was given. */
  configured: { directoryUrl: string | null; caPem: string | null; email: string | null }
}

/** The issuer of `--acme-directory`. */
export const CONFIGURED = 'configured'
const stageOf = (id: string): string => `${id}-staging`

/**
 * The issuers of a new installation, and what the flags of install.sh change at each run: the CA that
 * is named there is the first one, and takes the place of Let's Encrypt. Everything else stays as
 * people have set it, whether a CA is asked and when among it.
 */
export function setUpIssuers({ issuers, clock, teamId, configured }: Deps): void {
  const { directoryUrl, email } = configured
  const base = { teamId, email, createdAt: clock.now().toISOString() }
  const known = directoryUrl === null ? undefined : knownIssuer(directoryUrl)
  if (directoryUrl === null || known) {
    const comesBack = issuers.findForPlatform(CONFIGURED) !== undefined
    issuers.removeForPlatform(CONFIGURED)
    const [first] = known ? [known] : KNOWN_ISSUERS
    if (first) saveKnown(first.id, comesBack)
    return
  }
  const before = issuers.findForPlatform(CONFIGURED)
  const isSame = before?.directoryUrl === directoryUrl
  issuers.saveForPlatform({
    ...newIssuer(CONFIGURED, base),
    position: -1,
    ...(isSame ? before : {}),
    title: new URL(directoryUrl).host,
    directoryUrl,
    caPem: configured.caPem,
    email,
  })
  if (isSame) return
  for (const { id } of KNOWN_ISSUERS.slice(0, 1)) disable(id)

  function saveKnown(id: string, comesBack: boolean): void {
    const entry = KNOWN_ISSUERS.find((each) => each.id === id)
    if (!entry) return
    const { title, directoryUrl: url, stagingUrl } = entry
    const kept = issuers.findForPlatform(id)
    issuers.saveForPlatform({
      ...newIssuer(id, base),
      ...kept,
      title,
      directoryUrl: url,
      email: email ?? kept?.email ?? null,
      isEnabled: comesBack || (kept?.isEnabled ?? true),
    })
    if (stagingUrl === undefined) return
    const stage = stageOf(id)
    const keptStage = issuers.findForPlatform(stage)
    issuers.saveForPlatform({
      ...newIssuer(stage, base),
      ...keptStage,
      title: `${title} (staging)`,
      directoryUrl: stagingUrl,
      stagesFor: id,
      isEnabled: comesBack || (keptStage?.isEnabled ?? true),
    })
  }

  function disable(id: string): void {
    for (const each of [id, stageOf(id)]) {
      const issuer = issuers.findForPlatform(each)
      if (issuer) issuers.saveForPlatform({ ...issuer, isEnabled: false })
    }
  }
}

/** An issuer that nothing is known of yet. */
export const newIssuer = (
  id: string,
  given: { teamId: string; email: string | null; createdAt: string },
): IssuerRecord => ({
  id,
  ...given,
  title: id,
  directoryUrl: '',
  caPem: null,
  bindingKeyId: null,
  bindingSealed: null,
  profile: null,
  preferredChain: null,
  stagesFor: null,
  position: 0,
  isEnabled: true,
  accountKeySealed: null,
  accountUrl: null,
  restUntil: null,
})
