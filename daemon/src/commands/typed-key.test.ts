import { expect, it } from 'vitest'
import { typedKey } from './typed-key.ts'

const KEY = 'ssh-ed25519 AAAAC3 me@laptop'

it.each([
  [KEY.split(' '), undefined, undefined, { publicKey: KEY }],
  [[KEY], undefined, 'desk', { publicKey: KEY, name: 'desk' }],
  [[], `${KEY}\n`, undefined, { publicKey: KEY }],
  [['-'], KEY, 'desk', { publicKey: KEY, name: 'desk' }],
  [['laptop'], KEY, undefined, { publicKey: KEY, name: 'laptop' }],
  [['ssh-laptop'], KEY, undefined, { publicKey: KEY, name: 'ssh-laptop' }],
  [['sk-ssh-key', 'of', 'mine'], KEY, undefined, { publicKey: KEY, name: 'sk-ssh-key of mine' }],
  [['laptop'], KEY, 'desk', { publicKey: KEY, name: 'desk' }],
  [
    ['sk-ssh-ed25519@openssh.com', 'AAAA'],
    KEY,
    undefined,
    { publicKey: 'sk-ssh-ed25519@openssh.com AAAA' },
  ],
  [['laptop'], undefined, undefined, undefined],
  [[], ' ', undefined, undefined],
] as const)('%j with %j piped in and the name %s', (words, stdin, name, expected) => {
  expect(typedKey(words, stdin, name)).toEqual(expected)
})
