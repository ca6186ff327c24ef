import { showNothing } from './bareContenders.ts'
import { replaceNetwork } from './feed.ts'
import { showInReact } from './reactContenders.tsx'
import { bench, parameters, type View } from './record.ts'
import { showInVue } from './vueContenders.ts'

globalThis.bench = bench
if (parameters.get('source') === 'page') bench.feed = replaceNetwork()

const ways: Record<string, (contender: string, view: View) => void> = {
  none: showNothing,
  react: showInReact,
  vue: showInVue,
}
ways[parameters.get('framework') ?? '']?.(parameters.get('contender') ?? '', parameters.get('view') as View)
