import { describeConformance } from './describeConformance.ts'

describeConformance('bun')
