import { expect, it } from 'vitest'
import { shownTarget } from '#lib/drain-target.ts'

it.each([
  ['https://logs.example/api/v1/organisations/in', 'https://logs.example/api/v1/organisations/in'],
  ['https://logs.example/bot123456:AAEabcdefgh/send', 'https://logs.example/…/send'],
  ['https://logs.example:8443/in/user@0123456789!x*,', 'https://logs.example:8443/in/…'],
  [`https://logs.example/${'k'.repeat(32)}?token=short`, 'https://logs.example/…?…'],
])('an address is shown without what may be a key in it: %s', (target, shown) => {
  expect(shownTarget(target)).toBe(shown)
})
