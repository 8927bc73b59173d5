import { createRequire } from 'node:module'
import { expect, it } from 'vitest'

it('ssh2 has its compiled cryptography under this Node: without it uploads are four times slower', () => {
  const require = createRequire(import.meta.url)

  expect(require('ssh2/lib/protocol/constants.js')).toBeDefined()
  expect(Object.keys(require('ssh2/lib/protocol/crypto/build/Release/sshcrypto.node'))).toEqual(
    expect.arrayContaining(['AESGCMCipher', 'ChaChaPolyDecipher', 'GenericCipher']),
  )
  expect(require('ssh2/lib/protocol/crypto.js').bindingAvailable).toBe(true)
})
