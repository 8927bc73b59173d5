import { EndedTrip, TripUrl } from '@vastrox/shared/sign-in.ts'
import { api } from '#lib/api.ts'
import { safeReturn } from '#lib/route-params.ts'

const KEPT = 'vastrox-after-provider'
const INVITED = 'vastrox-invitation'

/** Leaves for the provider; the page that it comes back to goes on to `to`. */
export async function goToProvider(
  path: '/sign-in/provider' | '/sign-in-ways/identities',
  provider: string,
  to: string,
  invitation?: string,
): Promise<void> {
  const { url } = await api.post(path, TripUrl, { provider })
  if (new URL(url).protocol !== 'https:') throw new Error('a provider without https')
  sessionStorage.setItem(KEPT, to)
  if (invitation === undefined) sessionStorage.removeItem(INVITED)
  else sessionStorage.setItem(INVITED, invitation)
  window.location.assign(url)
}

/** Says how the trip has ended, and where to go now. */
export async function finishTrip(
  provider: string,
  query: string,
): Promise<{ outcome: 'signed-in' | 'linked' }> {
  const invitation = sessionStorage.getItem(INVITED)
  sessionStorage.removeItem(INVITED)
  return api.post('/sign-in/provider/finish', EndedTrip, {
    provider,
    query,
    ...(invitation !== null && { invitation }),
  })
}

/** Where whoever left wanted to go; forgotten with the first look. */
export function takeReturn(): string {
  const kept = safeReturn(sessionStorage.getItem(KEPT))
  sessionStorage.removeItem(KEPT)
  return kept ?? '/'
}
