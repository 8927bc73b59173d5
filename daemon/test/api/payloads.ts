import { INJECTIONS } from '#test/injections.ts'

const HUGE = 200_000

/** Beside those for shells and git: what parsers, databases, templates and terminals trip over. */
const MORE: readonly string[] = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  'a\r\nSet-Cookie: owned=1',
  'a\nb',
  '\ud800',
  '\uffff',
  '\u202e\u2066\u200b\ufeff',
  'ﬁﬀ①Ａ',
  'İıſK',
  '👩‍👩‍👧‍👦'.repeat(50),
  'a'.repeat(HUGE),
  '%00',
  '%',
  '%s%n%x',
  '*',
  '\\',
  '..',
  '.',
  '-',
  '--',
  '-1',
  '1e309',
  'NaN',
  'null',
  'true',
  '[]',
  '{}',
  '[object Object]',
  '!!js/function "function(){}"',
  '&anchor [*anchor]',
  'key: {a: *x}',
  '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
  '\u001b[31mred\u001b]8;;https://example.com\u0007link',
  "1' AND sleep(5)--",
  'x\'||(SELECT "a")||\'',
  'toString',
  'hasOwnProperty',
  'http://169.254.169.254/latest/meta-data/',
  'https://127.0.0.1:1/',
  'https://[::1]/',
  '2026-13-45T99:99:99Z',
]

/** What is put into every string of every operation. */
export const PAYLOADS: readonly string[] = [...INJECTIONS, ...MORE]

/** Bodies that are not what they should be at all. */
export const RAW_BODIES: readonly string[] = [
  '',
  'null',
  '[]',
  '"text"',
  '1',
  '{',
  '{"__proto__":{"isAdmin":true}}',
  '{"constructor":{"prototype":{"isAdmin":true}}}',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `{"a":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_001)}`,
  '{"name":"a","name":"b"}',
  '\u0000',
  '\ufeff{}',
]
