import { existsSync } from 'node:fs'
import type { Installation } from '#agent/cli/installation.ts'
import type { Platform } from '#agent/cli/platform/platform-port.ts'
import { createSupervisedPlatform } from '#agent/cli/platform/supervised-platform.ts'
import { createSystemdPlatform } from '#agent/cli/platform/systemd-platform.ts'

export const hasSystemd = (): boolean => existsSync('/run/systemd/system')

export const openPlatform = (installation: Installation): Platform =>
  hasSystemd() ? createSystemdPlatform(installation) : createSupervisedPlatform(installation)
