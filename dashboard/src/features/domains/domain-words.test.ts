import type { DomainCertificate } from '@vastrox/shared/domain.ts'
import { expect, it } from 'vitest'
import { previewOf, sayCertificate } from './domain-words.ts'

const certificate = (changes: Partial<DomainCertificate>): DomainCertificate => ({
  state: 'valid',
  issuer: 'Let’s Encrypt',
  isPublic: true,
  notAfter: null,
  daysLeft: 61,
  problem: null,
  nextAttemptAt: null,
  ...changes,
})

it('says how HTTPS stands', () => {
  expect(sayCertificate(null)).toEqual({ label: 'no certificate yet', tone: 'idle' })
  expect(sayCertificate(certificate({}))).toEqual({
    label: 'certificate by Let’s Encrypt, 61 days left',
    tone: 'good',
  })
  expect(sayCertificate(certificate({ state: 'expired' }))).toMatchObject({ tone: 'bad' })
})

it('shows what a pasted address means before it is sent', () => {
  expect(previewOf('https://Example.com/shop')).toEqual({
    host: 'example.com',
    counterpart: 'www.example.com',
  })
  expect(previewOf('bücher.de')).toMatchObject({ host: 'xn--bcher-kva.de' })
  expect(previewOf('*.example.com')).toMatchObject({ counterpart: null })
  expect(previewOf('example')).toBeUndefined()
})
