import type { HttpClient } from '#ports/http-client.ts'
import type { IdentityProviders } from '#ports/identity-provider.ts'
import { createGithubIdentity } from './github-identity.ts'
import { createOpenidIdentity } from './openid-identity.ts'

/** Every provider by its protocol; all that is fetched goes through the guard (rule C11). */
export function createIdentityProviders(http: HttpClient): IdentityProviders {
  const kinds = { openid: createOpenidIdentity(http), github: createGithubIdentity(http) }
  return {
    authorizeUrl: (setUp, trip) => kinds[setUp.preset.protocol].authorizeUrl(setUp, trip),
    identify: (setUp, trip, query) => kinds[setUp.preset.protocol].identify(setUp, trip, query),
  }
}
