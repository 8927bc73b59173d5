/** A kind of provider, as data. */
export interface IdentityPreset {
  name: string
  title: string
  /** `github` is OAuth with an API of its own; all others are OpenID Connect. */
  protocol: 'openid' | 'github'
  /** Where it is; null where that has to be said. */
  issuer: string | null
  scope: string
  /**
   * The claim that says whose organisation an account is of, where the provider has one: an address
   * alone may be of somebody who has left.
   */
  organisationClaim: 'hd' | null
}

/** Defines one of them; adding one is one entry in the catalog. */
export const definePreset = (preset: IdentityPreset): IdentityPreset => preset

export interface ProviderSetUp {
  preset: IdentityPreset
  issuer: string
  clientId: string
  clientSecret: string
  /** Of this provider alone, so that no other can be given its codes. */
  redirectUrl: string
}

/** What one way to the provider and back is tied to. */
export interface ProviderTrip {
  state: string
  nonce: string
  /** Of PKCE. */
  verifier: string
}

/** Who somebody is at a provider. */
export interface ForeignIdentity {
  /** With `subject` the only thing that an account is recognised by. */
  issuer: string
  subject: string
  /** To recognise it by, for people. */
  label: string
  /** What they would be called here. */
  nickname: string
  /** The domain that the provider vouches for; null where it vouches for none. */
  domain: string | null
}

/** OpenID Connect and what is near it. Each throws IDENTITY_PROVIDER_FAILED, and what the guard throws. */
export interface IdentityProviders {
  /** Where the browser is sent; asks the provider what it is. */
  authorizeUrl(setUp: ProviderSetUp, trip: ProviderTrip): Promise<string>
  /** `query`: what the browser came back with. Every check of the protocol has passed. */
  identify(setUp: ProviderSetUp, trip: ProviderTrip, query: string): Promise<ForeignIdentity>
}
