import type { ForeignIdentity, IdentityProviders, ProviderTrip } from '#ports/identity-provider.ts'

/** A provider that says who comes back; remembers what each trip was tied to. */
export function createFakeIdentityProviders(
  says: () => ForeignIdentity = () => ({
    issuer: 'https://id.example',
    subject: '1',
    label: 'anna@corp.example',
    nickname: 'anna@corp.example',
    domain: null,
  }),
) {
  const trips: ProviderTrip[] = []
  const providers: IdentityProviders = {
    authorizeUrl: async ({ issuer }, trip) => {
      trips.push(trip)
      return `${issuer}/authorize?state=${trip.state}`
    },
    identify: async (_setUp, trip) => {
      trips.push(trip)
      return says()
    },
  }
  return { ...providers, trips }
}
