import { expect, it } from 'vitest'
import { pushCommands, trustCommand } from './push-commands.ts'

const gitUrl = 'https://203.0.113.7:8443/git/shop.git'

it('puts the deploy token into the remote as the password', () => {
  expect(pushCommands({ gitUrl, token: 'vxd_abc', branch: 'main' })).toBe(
    'git remote add vastrox https://git:vxd_abc@203.0.113.7:8443/git/shop.git\n' +
      'git push vastrox HEAD:main',
  )
})

it('shows the remote as it is while there is no token', () => {
  expect(pushCommands({ gitUrl, token: undefined, branch: 'trunk' })).toBe(
    'git remote add vastrox https://203.0.113.7:8443/git/shop.git\ngit push vastrox HEAD:trunk',
  )
})

it('trusts the CA for this server only, and switches no verification off', () => {
  const command = trustCommand(gitUrl, '~/ca.pem')
  expect(command).toBe('git config --global http.https://203.0.113.7:8443/.sslCAInfo ~/ca.pem')
  expect(command).not.toContain('sslVerify')
})
