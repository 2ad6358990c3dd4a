# SPDX-License-Identifier: Apache-2.0
"""The converters against every known trap of their sources, in miniature; output equal to golden/, byte for byte.

    converters_test.py ROOT            tests
    converters_test.py ROOT --update   writes the golden files anew
"""

import filecmp
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv[1]).resolve()
HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE / "golden"
sys.path[:0] = [str(ROOT / "scripts/prices"), str(HERE.parents[1] / "support")]
import tools  # noqa: E402

try:
    import yaml  # noqa: F401
except ImportError:
    tools.missing("PyYAML", "Debian: python3-yaml")

import csv  # noqa: E402

import aws_bulk  # noqa: E402
import aws_spot_advisor  # noqa: E402
import azure_retail  # noqa: E402
import catalog_format  # noqa: E402
import gcp_sku  # noqa: E402
import gcp_yaml  # noqa: E402
import gpu_peaks  # noqa: E402
import skypilot  # noqa: E402
import survey_csv  # noqa: E402


def build(out):
    subprocess.run(
        [sys.executable, "-B", ROOT / "scripts/prices/build_catalog.py", "--survey", HERE / "inputs/survey.csv",
         "--gcp", HERE / "inputs/pricing.yml", "--capacity-blocks", HERE / "inputs/capacity_blocks.csv",
         "--aws-bulk", HERE / "inputs/aws_index.csv", "--azure-retail", HERE / "inputs/azure_page.json",
         "--gcp-skus", HERE / "inputs/gcp_skus.json", "--gcp-shapes", HERE / "inputs/gcp_shapes.csv",
         "--spot-advisor", HERE / "inputs/spot_advisor.csv", "--skypilot", f"azure={HERE / 'inputs/vms.csv'}", "--fetched-on", "2026-11-20",
         "--peaks", HERE / "inputs/gpus.csv", "--families", "n2", "f1", "a3", "m4n", "a2", "e2", "t2d",
         "--regions", "us-central1", "asia-southeast1", "--out", out],
        check=True)  # fmt: skip


def prices(tables, **wanted):
    return [row for row in tables.prices if all(row[key] == value for key, value in wanted.items())]


class Golden(unittest.TestCase):
    def test_output_equals_golden(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder)
            build(out)
            made = sorted(path.relative_to(out) for path in out.rglob("*") if path.is_file())
            kept = sorted(path.relative_to(GOLDEN) for path in GOLDEN.rglob("*") if path.is_file())
            self.assertEqual(made, kept)
            for name in made:
                self.assertTrue(filecmp.cmp(out / name, GOLDEN / name, shallow=False), f"{name} differs from golden/{name}")


class ComputeEngine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tables = gcp_yaml.convert(HERE / "inputs/pricing.yml", ["n2", "f1", "a3", "m4n", "a2", "e2", "t2d"],
                                      ["us-central1", "asia-southeast1"])  # fmt: skip

    def test_sustained_use_month_is_not_the_price(self):
        row = prices(self.tables, instance_type="n2-standard-8", allocation="on_demand", region="us-central1")[0]
        self.assertEqual(row["usd_per_hour"], "0.388472")

    def test_commitment_is_the_month_over_730_hours(self):
        row = prices(self.tables, instance_type="n2-standard-8", allocation="reserved_1y", region="us-central1")[0]
        self.assertEqual(row["usd_per_hour"], "0.244728")

    def test_a_commitment_equal_to_the_month_is_none(self):
        self.assertEqual({row["allocation"] for row in prices(self.tables, instance_type="f1-micro")}, {"on_demand", "spot"})

    def test_entry_without_hour_keeps_its_spot_price(self):
        self.assertEqual([row["allocation"] for row in prices(self.tables, instance_type="a3-highgpu-1g")], ["spot"])

    def test_type_without_price_is_left_out(self):
        self.assertNotIn(("gcp", "m4n-hypermem-16"), self.tables.types)

    def test_local_ssd_is_stated(self):
        self.assertEqual({row["includes"] for row in prices(self.tables, instance_type="a3-highgpu-1g")}, {"local_ssd"})

    def test_regions_are_never_averaged(self):
        found = {row["region"]: row["usd_per_hour"] for row in prices(self.tables, instance_type="a2-highgpu-1g", allocation="spot")}
        self.assertEqual(found, {"us-central1": "1.92802", "asia-southeast1": "2.40826"})

    def test_spot_at_the_on_demand_price_means_none(self):
        self.assertEqual([row["allocation"] for row in prices(self.tables, instance_type="e2-standard-2")], ["on_demand"])

    def test_amounts_keep_nine_decimals(self):
        row = prices(self.tables, instance_type="a3-highgpu-1g")[0]
        self.assertEqual(row["usd_per_hour"], "6.326192603")

    def test_vcpu_is_a_thread_or_a_core_by_family(self):
        cores = {name: row["physical_cores"] for (_, name), row in self.tables.types.items()}
        self.assertEqual(cores["n2-standard-8"], "4")
        self.assertEqual(cores["t2d-standard-8"], "8")
        self.assertEqual(cores["f1-micro"], "")

    def test_unknown_accelerator_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "a3-x: unknown fields"):
            gcp_yaml.accelerator_of("a3-x", {"cpu": "1", "ram": "1", "cost": {}, "h900": "1"})


class Survey(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tables = survey_csv.convert(HERE / "inputs/survey.csv")

    def test_several_prices_of_a_type_all_stay(self):
        found = sorted((row["observed_at"], row["usd_per_hour"]) for row in prices(self.tables, instance_type="p4d.24xlarge", allocation="on_demand"))
        self.assertEqual(found, [("", "32.77"), ("2026-01-19", "21.957642")])

    def test_flat_spot_is_marked_as_an_estimate(self):
        for name in ("p4d.24xlarge", "Standard_F2s_v2"):
            self.assertEqual([row["estimate"] for row in prices(self.tables, instance_type=name, allocation="spot")], ["true"])
        self.assertEqual([row["estimate"] for row in prices(self.tables, provider="oci", allocation="spot")], ["false"])

    def test_spot_at_the_on_demand_price_means_none(self):
        self.assertEqual(prices(self.tables, instance_type="Standard_ND96isr_H100_v5", allocation="spot"), [])

    def test_empty_is_not_found_never_zero(self):
        self.assertEqual(prices(self.tables, instance_type="p5e.48xlarge", allocation="on_demand"), [])
        self.assertEqual(prices(self.tables, provider="scaleway"), [])
        self.assertIn(("scaleway", "H100-1-80G"), self.tables.types)

    def test_price_of_one_gpu_and_price_of_an_instance(self):
        self.assertEqual(prices(self.tables, provider="nebius")[0]["basis"], "gpu")
        self.assertEqual(prices(self.tables, instance_type="gpu_8x_b200_sxm6")[0]["basis"], "instance")
        row = prices(self.tables, instance_type="TPU v5e (per chip)", allocation="per_chip")[0]
        self.assertEqual(row["basis"], "chip")

    def test_rows_of_the_price_list_come_from_the_price_list(self):
        self.assertEqual(prices(self.tables, instance_type="n2-standard-16"), [])

    def test_managed_services_and_foreign_accelerators_are_not_runnable(self):
        kinds = {name: row["runnable"] for (_, name), row in self.tables.types.items()}
        self.assertEqual(kinds["Spaces t4-small"], "none")
        self.assertEqual(kinds["f1.2xlarge"], "none")
        self.assertEqual(kinds["p3.2xlarge"], "cpu")  # compute capability 7.0: CUDA 13 cannot target it
        self.assertEqual(kinds["p4d.24xlarge"], "cuda")

    def test_cores_where_the_source_states_them(self):
        self.assertEqual(self.tables.types["aws", "c7i.4xlarge"]["physical_cores"], "8")
        self.assertEqual(self.tables.types["aws", "c7a.4xlarge"]["physical_cores"], "16")

    def test_a_zone_is_kept_and_a_minimum_over_zones_is_said(self):
        self.assertEqual(prices(self.tables, instance_type="p5.4xlarge", allocation="spot")[0]["zone_id"], "use2-az1")
        self.assertEqual(prices(self.tables, instance_type="p5e.48xlarge", allocation="spot")[0]["note"], "lowest of 3 zones")

    def test_unknown_source_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "unknown source"):
            survey_csv.source_of("somebody")


class AwsPriceList(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tables = aws_bulk.convert(HERE / "inputs/aws_index.csv")

    def amounts(self, name, allocation):
        return [(row["usd_per_hour"], row["upfront_usd"]) for row in prices(self.tables, instance_type=name, allocation=allocation)]

    def test_only_plain_linux_on_shared_hardware(self):
        self.assertEqual(self.amounts("g6.xlarge", "on_demand"), [("0.8048", "")])

    def test_a_capacity_block_is_not_on_demand(self):
        self.assertEqual(self.amounts("p5.48xlarge", "on_demand"), [("55.04", "")])

    def test_terms_in_both_spellings_and_no_convertible_ones(self):
        self.assertEqual(self.amounts("g6.xlarge", "reserved_1y"), [("0.507", "")])
        self.assertEqual(self.amounts("g6.xlarge", "reserved_3y"), [("0.348", "")])

    def test_all_upfront_is_two_rows_of_one_offer(self):
        self.assertEqual(self.amounts("p5.48xlarge", "reserved_3y"), [("0", "630000")])

    def test_rows_without_a_type_are_left_out_and_the_date_is_the_files(self):
        self.assertNotIn(("aws", ""), self.tables.types)
        self.assertEqual({row["observed_at"] for row in self.tables.prices}, {"2026-11-18"})

    def test_types_are_described(self):
        self.assertEqual(self.tables.types["aws", "g6.xlarge"]["accelerator"], "L4")
        self.assertEqual(self.tables.types["aws", "p5.48xlarge"]["memory_gib"], "2048")
        self.assertEqual(self.tables.types["aws", "c7g.large"]["arch"], "arm64")
        self.assertEqual(self.tables.types["aws", "t3.micro"]["burstable"], "true")
        self.assertRaisesRegex(ValueError, "unknown term", aws_bulk.years, "2yr")

    def test_an_accelerator_of_an_unknown_family_is_an_error(self):
        self.assertEqual(aws_bulk.accelerator_of("c7g.large", ""), "")
        self.assertRaisesRegex(ValueError, "p9.xlarge: 8 accelerators of an unknown family", aws_bulk.accelerator_of, "p9.xlarge", "8")


class AzureRetail(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tables = azure_retail.convert([HERE / "inputs/azure_page.json"], "2026-11-20")

    def test_each_way_to_buy_once(self):
        found = {row["allocation"]: row["usd_per_hour"] for row in prices(self.tables, instance_type="Standard_NC4as_T4_v3")}
        self.assertEqual(
            found,
            {"on_demand": "0.526", "spot": "0.0942", "savings_1y": "0.3787", "savings_3y": "0.2419",
             "reserved_1y": "0.342534247", "reserved_3y": "0.236491629"})  # fmt: skip
        self.assertEqual(len(prices(self.tables, instance_type="Standard_NC4as_T4_v3")), 6)

    def test_windows_low_priority_free_and_nameless_are_left_out(self):
        self.assertEqual(sorted(name for _, name in self.tables.types), ["Standard_B1s", "Standard_NC4as_T4_v3"])

    def test_another_currency_is_an_error(self):
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder) / "page.json"
            page.write_text((HERE / "inputs/azure_page.json").read_text().replace('"currencyCode": "USD"', '"currencyCode": "EUR"'))
            self.assertRaisesRegex(ValueError, "in EUR", azure_retail.convert, [page], "2026-11-20")


class GoogleSkus(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tables = gcp_sku.convert([HERE / "inputs/gcp_skus.json"], HERE / "inputs/gcp_shapes.csv", "2026-11-20")

    def test_a_type_is_the_sum_of_its_parts(self):
        found = {row["allocation"]: row["usd_per_hour"] for row in prices(self.tables, instance_type="g2-standard-4", region="us-central1")}
        # 4 x 0.024988 + 16 x 0.002927 + 0.560004, and the same of spot; nanos are 10^-9 of a dollar.
        self.assertEqual(found, {"on_demand": "0.706788", "spot": "0.282716"})

    def test_a_type_with_a_part_missing_has_no_price(self):
        self.assertEqual(prices(self.tables, instance_type="g2-standard-4", region="europe-west4"), [])
        self.assertEqual(prices(self.tables, instance_type="a3-highgpu-8g"), [])
        self.assertIn(("gcp", "a3-highgpu-8g"), self.tables.types)

    def test_commitments_and_families_with_another_name(self):
        found = {row["allocation"]: row["usd_per_hour"] for row in prices(self.tables, instance_type="c2-standard-4")}
        self.assertEqual(found, {"on_demand": "0.2088", "reserved_1y": "0.1316"})

    def test_custom_shapes_free_tiers_and_other_resources_are_not_parts(self):
        parts = gcp_sku.parts_in([HERE / "inputs/gcp_skus.json"])
        self.assertEqual({key[2:] for key in parts},
                         {("g2", "core"), ("g2", "ram"), ("", "gpu Nvidia L4"), ("c2", "core"), ("c2", "ram")})  # fmt: skip

    def test_another_currency_is_an_error(self):
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder) / "page.json"
            page.write_text((HERE / "inputs/gcp_skus.json").read_text().replace('"USD"', '"EUR"'))
            self.assertRaisesRegex(ValueError, "in EUR", gcp_sku.parts_in, [page])


class SpotAdvisor(unittest.TestCase):
    def test_bands_are_bounds_and_the_last_has_no_end(self):
        tables = aws_spot_advisor.convert(HERE / "inputs/spot_advisor.csv")
        found = {row["instance_type"]: (row["percent_low"], row["percent_high"]) for row in tables.interruptions}
        self.assertEqual(found, {"c7g.4xlarge": ("0", "5"), "m7i.4xlarge": ("5", "10"), "g6.xlarge": ("20", "")})
        self.assertRaisesRegex(ValueError, "unknown band", aws_spot_advisor.bounds, "about 5%")

    def test_savings_of_another_day_are_no_price(self):
        self.assertEqual(aws_spot_advisor.convert(HERE / "inputs/spot_advisor.csv").prices, [])


class SkyPilot(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tables = skypilot.convert("azure", HERE / "inputs/vms.csv")

    def test_spot_at_the_on_demand_price_means_none_and_the_count_is_corrected(self):
        name = "Standard_ND96isr_H100_v5"
        self.assertEqual([row["allocation"] for row in prices(self.tables, instance_type=name)], ["on_demand"])
        self.assertEqual(self.tables.types["azure", name]["accelerator_count"], "8")

    def test_of_several_zones_the_cheapest_and_it_says_so(self):
        row = prices(self.tables, instance_type="Standard_NV6", allocation="spot")[0]
        self.assertEqual((row["usd_per_hour"], row["note"], row["observed_at"]), ("0.2", "lowest of 2 zones", ""))

    def test_no_price_and_no_type(self):
        self.assertEqual(prices(self.tables, instance_type="Standard_None"), [])
        self.assertNotIn(("azure", ""), self.tables.types)

    def test_prices_without_a_currency_are_not_taken(self):
        self.assertEqual(skypilot.convert("scaleway", HERE / "inputs/vms.csv").prices, [])


class Rest(unittest.TestCase):
    def test_capacity_block_is_an_allocation_of_its_own_per_gpu(self):
        with open(GOLDEN / "prices/aws-capacity-blocks.csv", newline="") as stream:
            rows = list(csv.DictReader(stream))
        self.assertEqual({(row["allocation"], row["basis"]) for row in rows}, {("capacity_block", "gpu")})

    def test_peaks_are_dense_and_per_card(self):
        peaks = {row["accelerator"]: row for row in gpu_peaks.convert(HERE / "inputs/gpus.csv")}
        self.assertEqual(peaks["A10G"]["bf16_dense_tflops"], "70")
        self.assertEqual(peaks["H100-NVL"]["bf16_dense_tflops"], "835.5")
        self.assertFalse([name for name in gpu_peaks.COLUMNS if "sparse" in name])

    def test_sources_that_disagree_about_a_type_are_named(self):
        tables = catalog_format.Tables()
        common = dict(provider="aws", instance_type="p5.4xlarge")
        tables.add_type(**common, vcpus="16", memory_gib="256", source_id="a")
        tables.add_type(**common, vcpus="16", memory_gib="", note="the same", source_id="b")
        self.assertEqual(tables.contradictions, [])
        tables.add_type(**common, vcpus="24", source_id="c")
        self.assertEqual(tables.contradictions, ["aws/p5.4xlarge: vcpus is 16 (a) and 24 (c); the first is kept"])
        self.assertEqual(tables.types["aws", "p5.4xlarge"]["vcpus"], "16")

    def test_amounts(self):
        self.assertEqual(catalog_format.usd("0.6800"), "0.68")
        self.assertEqual(catalog_format.usd("100"), "100")
        self.assertEqual(catalog_format.usd("0.0000000005"), "0")
        self.assertEqual(catalog_format.usd("0.0000000015"), "0.000000002")
        for text in ("nan", "inf"):
            self.assertRaises(ValueError, catalog_format.usd, text)


if __name__ == "__main__":
    if "--update" in sys.argv:
        build(GOLDEN)
    else:
        unittest.main(argv=sys.argv[:1])
