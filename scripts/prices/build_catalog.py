#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds benchmarks/instances/catalog from price files on disk; nothing is fetched.

    build_catalog.py --survey instances.csv --gcp pricing.yml --capacity-blocks blocks.csv --peaks gpus.csv --out catalog
"""

import argparse
import pathlib
import sys

import aws_bulk
import aws_capacity_blocks
import aws_spot_advisor
import azure_retail
import gcp_sku
import gcp_yaml
import gpu_peaks
import skypilot
import survey_csv
from catalog_format import Tables, write_catalog


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--survey", help="survey table (survey_csv.py)")
    parser.add_argument("--gcp", help="pricing.yml (gcp_yaml.py)")
    parser.add_argument("--capacity-blocks", help="AWS Capacity Block table (aws_capacity_blocks.py)")
    parser.add_argument("--aws-bulk", nargs="+", default=[], help="index.csv of AWS's price list, one per region (aws_bulk.py)")
    parser.add_argument("--azure-retail", nargs="+", default=[], help="pages of Azure's price API (azure_retail.py)")
    parser.add_argument("--gcp-skus", nargs="+", default=[], help="pages of Google's Billing Catalog (gcp_sku.py)")
    parser.add_argument("--gcp-shapes", help="machine types as their parts, for --gcp-skus")
    parser.add_argument("--spot-advisor", help="bands of AWS's spot advisor (aws_spot_advisor.py)")
    parser.add_argument("--skypilot", nargs="+", default=[], metavar="PROVIDER=FILE", help="vms.csv of SkyPilot (skypilot.py)")
    parser.add_argument("--fetched-on", default="", metavar="YYYY-MM-DD", help="day of the pages and files that carry no date")
    parser.add_argument("--peaks", help="accelerator datasheet table (gpu_peaks.py)")
    parser.add_argument("--families", nargs="+", default=gcp_yaml.FAMILIES, help="Compute Engine families to take")
    parser.add_argument("--regions", nargs="+", default=gcp_yaml.REGIONS, help="Compute Engine regions to take")
    parser.add_argument("--out", required=True, type=pathlib.Path, help="folder of the catalog")
    options = parser.parse_args()

    tables = Tables()
    # The first converter that states a column of a type wins: the survey names CPU models and cores.
    if options.survey:
        tables.merge(survey_csv.convert(options.survey, options.fetched_on))
    if options.gcp:
        tables.merge(gcp_yaml.convert(options.gcp, options.families, options.regions))
    if options.capacity_blocks:
        tables.merge(aws_capacity_blocks.convert(options.capacity_blocks))
    for path in options.aws_bulk:
        tables.merge(aws_bulk.convert(path))
    if options.azure_retail:
        if not options.fetched_on:
            parser.error("--azure-retail needs --fetched-on YYYY-MM-DD: its pages carry no date")
        tables.merge(azure_retail.convert(options.azure_retail, options.fetched_on))
    if options.gcp_skus:
        if not (options.gcp_shapes and options.fetched_on):
            parser.error("--gcp-skus needs --gcp-shapes FILE and --fetched-on YYYY-MM-DD: its pages know no types and no date")
        tables.merge(gcp_sku.convert(options.gcp_skus, options.gcp_shapes, options.fetched_on))
    if options.spot_advisor:
        tables.merge(aws_spot_advisor.convert(options.spot_advisor))
    for argument in options.skypilot:
        provider, _, path = argument.partition("=")
        if not path:
            parser.error(f"--skypilot {argument}: write PROVIDER=FILE")
        tables.merge(skypilot.convert(provider, path, options.fetched_on))
    write_catalog(options.out, tables)
    for contradiction in tables.contradictions:
        print("sources disagree: " + contradiction, file=sys.stderr)
    if options.peaks:
        gpu_peaks.write(options.out / "peaks.csv", gpu_peaks.convert(options.peaks))


if __name__ == "__main__":
    main()
