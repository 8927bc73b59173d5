import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { AlertBell } from '#features/alerts/bell.tsx'
import { LiveSign } from '#features/shell/live-sign.tsx'
import { FootNav, SideNav } from '#features/shell/nav-links.tsx'
import { PaletteButton } from '#features/shell/palette-button.tsx'
import { TeamSwitcher } from '#features/team/team-switcher.tsx'
import { UserMenu } from '#features/shell/user-menu.tsx'
import { onProofQuestion, proofQuestion } from '#lib/proof-question.ts'
import { useLiveEvents } from '#lib/use-live-events.ts'
import { t } from '#lib/words.ts'
import { Logo } from '#ui/logo.tsx'
import { PageSkeleton } from '#ui/skeleton.tsx'

const Palette = lazy(async () => ({
  default: (await import('#features/palette/palette.tsx')).Palette,
}))

const ProofDialog = lazy(async () => ({
  default: (await import('#features/session/proof-dialog.tsx')).ProofDialog,
}))

/** Around every page: where one can go, who one is, and whether what is shown is live. */
export function Shell() {
  useLiveEvents()
  const [paletteOpen, setPaletteOpen] = usePalette()
  const main = useFocusOnNavigation()
  const openPalette = () => setPaletteOpen(true)

  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-raised px-4 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {t('Skip to the page')}
      </a>

      <aside className="sticky top-0 hidden h-dvh flex-col border-r border-line bg-sunken p-3 lg:flex">
        <div className="flex items-center justify-between">
          <Home />
          <AlertBell />
        </div>
        <div className="mt-3 mb-4 space-y-1">
          <TeamSwitcher />
          <PaletteButton onClick={openPalette} />
        </div>
        <SideNav />
        <div className="mt-auto flex flex-col gap-1 pt-2">
          <LiveSign />
          <UserMenu />
        </div>
      </aside>

      <header className="sticky top-0 z-30 flex h-14 items-center justify-between gap-3 border-b border-line bg-canvas/85 px-4 backdrop-blur lg:hidden">
        <Home />
        <div className="flex items-center gap-1">
          <LiveSign small />
          <AlertBell />
          <PaletteButton onClick={openPalette} small />
          <UserMenu small />
        </div>
      </header>

      <main ref={main} id="main" tabIndex={-1} className="min-w-0 pb-20 outline-none lg:pb-0">
        <Suspense fallback={<PageSkeleton />}>
          <Outlet />
        </Suspense>
      </main>

      <FootNav />

      <AskForProof />
      {paletteOpen && (
        <Suspense>
          <Palette onClose={() => setPaletteOpen(false)} />
        </Suspense>
      )}
    </div>
  )
}

const Home = () => (
  <Link to="/" className="flex items-center gap-2.5 rounded-md px-1.5 py-1">
    <Logo size={26} />
    <span className="text-lg font-semibold tracking-tight">{t('Vastrox')}</span>
  </Link>
)

/** Ctrl-K or Cmd-K from anywhere. */
function usePalette() {
  const state = useState(false)
  const [, setOpen] = state
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      setOpen((open) => !open)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [setOpen])
  return state
}

/** A new page takes the focus, as a page load would, so that a screen reader begins at its top. */
function useFocusOnNavigation() {
  const ref = useRef<HTMLElement>(null)
  const pathname = useRouterState({ select: (state) => state.resolvedLocation?.pathname })
  const before = useRef(pathname)
  useEffect(() => {
    if (before.current !== undefined && before.current !== pathname) {
      ref.current?.focus({ preventScroll: true })
    }
    before.current = pathname
  }, [pathname])
  return ref
}

/** Loaded with the first question, and kept from then on. */
function AskForProof() {
  const isAsked = useSyncExternalStore(onProofQuestion, proofQuestion) !== undefined
  const [wasAsked, setWasAsked] = useState(false)
  if (isAsked && !wasAsked) setWasAsked(true)
  if (!wasAsked) return null
  return (
    <Suspense>
      <ProofDialog />
    </Suspense>
  )
}
