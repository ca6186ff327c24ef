import { describeConformance } from './describeConformance.ts'

describeConformance('node 24')
