import { expect, it } from 'vitest'
import { takesStdin } from './takes-stdin.ts'

const takes = (line: string): boolean => takesStdin(line.split(' '))

it('standard input is read by the commands that are given values by it, however they are called', () => {
  for (const line of [
    'env:import blog',
    'apply --yes --prune',
    'config:import blog -d',
    'env:set blog -',
    'config:set -d blog -',
    'env:set blog SECRET',
    'registries:login registry.example -u me',
    'keys:import',
    'keys:add --name laptop',
    'keys:add laptop',
    'keys:add ssh-laptop',
    'deploy-keys:add shop ecdsa-ci',
    'keys:add ssh-ed25519-laptop',
    'keys:add -',
    'source:connect blog https://example.com/a.git --token-stdin',
    'channels:add ntfy topic=-',
    'channels:change phones token=- --severity info',
    'drains:add http https://logs.example.com --secret-stdin',
    'drains:change 01x --ca-stdin',
  ])
    expect(takes(line), line).toBe(true)
})

it('standard input is left alone by every other command, as it may never end', () => {
  for (const line of [
    'apps',
    'help',
    'env:set blog A=1',
    'env:set blog A=1 B=2',
    'logs blog -f',
    'keys',
    'keys:add ssh-ed25519 AAAA me',
    'keys:add sk-ssh-ed25519@openssh.com AAAA me',
    'keys:add ecdsa-sha2-nistp521 AAAA me',
    'keys:add ssh-rsa-cert-v01@openssh.com AAAA me',
    'channels:add email host=smtp.example.com',
    'drains:add syslog logs.example.com:6514',
  ])
    expect(takes(line), line).toBe(false)
  expect(takesStdin(['keys:add', 'ssh-rsa AAAA me'])).toBe(false)
  expect(takesStdin([])).toBe(false)
})
