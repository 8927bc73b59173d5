import { useQuery } from '@tanstack/react-query'

interface Props {
  text: string
  label: string
}

/** Dark on light whatever the theme: many phones read nothing else. */
export function QrCode({ text, label }: Props) {
  const { data: rows } = useQuery({
    queryKey: ['qr', text],
    queryFn: async () => (await import('qr')).encodeQR(text, 'raw', { ecc: 'medium', border: 3 }),
    staleTime: Number.POSITIVE_INFINITY,
    // It holds a secret.
    gcTime: 0,
  })
  const size = rows?.length ?? 0
  const path = (rows ?? []).flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
  )
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="mx-auto size-52 rounded-md bg-white"
    >
      <path d={path.join('')} fill="#000" />
    </svg>
  )
}
