import { definePreset, type IdentityPreset } from '#ports/identity-provider.ts'

/** To add a preset: say here where it is and what it is asked for. */
export const identityPresets: readonly IdentityPreset[] = [
  definePreset({
    name: 'openid',
    title: 'OpenID Connect',
    protocol: 'openid',
    issuer: null,
    scope: 'openid profile email',
    organisationClaim: null,
  }),
  definePreset({
    name: 'google',
    title: 'Google',
    protocol: 'openid',
    issuer: 'https://accounts.google.com',
    scope: 'openid profile email',
    organisationClaim: 'hd',
  }),
  definePreset({
    name: 'gitlab',
    title: 'GitLab',
    protocol: 'openid',
    issuer: 'https://gitlab.com',
    scope: 'openid profile email',
    organisationClaim: null,
  }),
  definePreset({
    name: 'github',
    title: 'GitHub',
    protocol: 'github',
    issuer: 'https://github.com',
    scope: 'read:user user:email',
    organisationClaim: null,
  }),
]
