import { zodResolver } from '@hookform/resolvers/zod'
import { useSuspenseQuery } from '@tanstack/react-query'
import { TrustedProxies, type TrustedProxyPreset } from '@vastrox/shared/trusted-proxies.ts'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { trustedProxiesQuery, useSetTrustedProxies } from '#features/routing/queries.ts'
import { linesOf } from '#features/routing/routing-form.ts'
import { useMay } from '#features/session/queries.ts'
import { t } from '#lib/words.ts'
import { FormCard } from '#ui/form-card.tsx'
import { TextArea } from '#ui/text-area.tsx'

const Form = z.object({
  cloudflare: z.boolean(),
  loopback: z.boolean(),
  ranges: z.string().transform((text, context): string[] => {
    const { data, error } = TrustedProxies.shape.ranges.safeParse(linesOf(text))
    if (error) context.addIssue(error.issues[0]?.message ?? t('Not a network.'))
    return data ?? []
  }),
})

/** Proxies in front of this server, whose word about a visitor's address is believed. */
export function TrustedProxiesCard() {
  const { data: proxies } = useSuspenseQuery(trustedProxiesQuery)
  const mayChange = useMay('node.change')
  const set = useSetTrustedProxies()
  const form = useForm<z.input<typeof Form>, unknown, z.output<typeof Form>>({
    resolver: zodResolver(Form),
    values: {
      cloudflare: proxies.presets.includes('cloudflare'),
      loopback: proxies.presets.includes('loopback'),
      ranges: proxies.ranges.join('\n'),
    },
  })
  const { errors, isDirty } = form.formState
  const submit = form.handleSubmit(({ cloudflare, loopback, ranges }) => {
    const presets: TrustedProxyPreset[] = [
      ...(cloudflare ? (['cloudflare'] as const) : []),
      ...(loopback ? (['loopback'] as const) : []),
    ]
    set.mutate({ presets, ranges })
  })

  return (
    <FormCard
      legend={t('Trusted proxies')}
      title={t('Proxies in front of this server')}
      lead={t('Only these are believed about where a visitor comes from. Without one, name none.')}
      note={t('In force as soon as it is saved, for apps and for this dashboard.')}
      mayChange={mayChange}
      isDirty={isDirty}
      busy={set.isPending}
      onSubmit={submit}
      onUndo={() => form.reset()}
    >
      <div className="space-y-3">
        <label className="flex items-start gap-3">
          <input type="checkbox" className="mt-1" {...form.register('cloudflare')} />
          <span>
            {t('Cloudflare')}
            <span className="block text-sm text-muted">{t('Its published networks.')}</span>
          </span>
        </label>
        <label className="flex items-start gap-3">
          <input type="checkbox" className="mt-1" {...form.register('loopback')} />
          <span>
            {t('A reverse proxy on this machine')}
            <span className="block text-sm text-muted">{t('127.0.0.0/8 and ::1.')}</span>
          </span>
        </label>
      </div>
      <TextArea
        label={t('Other networks')}
        rows={3}
        placeholder="10.1.0.0/16"
        hint={t('Of the proxies themselves, one a line.')}
        error={errors.ranges?.message}
        {...form.register('ranges')}
      />
    </FormCard>
  )
}
